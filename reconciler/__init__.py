"""ftctl: declared fine-tuned models and deployments on Azure OpenAI, reconciled."""

__version__ = "0.1.0"
