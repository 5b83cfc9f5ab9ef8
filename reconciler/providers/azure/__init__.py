"""Azure OpenAI in Microsoft Foundry Models, and anything that speaks like it on loopback."""
