"""What holds for the whole folder. It is no resource: it becomes the policy."""

from reconciler.kinds.project.spec import ProjectSpec, policy_of

__all__ = ["ProjectSpec", "policy_of"]
