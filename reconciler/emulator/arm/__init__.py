"""The control plane: accounts, deployments, their long-running writes, quota and metrics."""
