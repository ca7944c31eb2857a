"""YAML as text: the parts of `store.yaml` and `store.edit` (docs/adr/0003)."""
