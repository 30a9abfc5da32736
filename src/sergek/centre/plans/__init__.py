"""Plans with proofs as pages: where cameras return, where accidents gather, what posts bring."""
