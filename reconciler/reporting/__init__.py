"""Values into words: text for people, JSON for programs. Only here are sentences laid out."""
