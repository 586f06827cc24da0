"""Device profiles: one YAML file a model family. Data only; see README.md."""
