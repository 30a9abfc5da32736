"""The bus: NATS with JetStream."""
