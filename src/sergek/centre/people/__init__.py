"""People: who may come in, with which rights, and the record of every coming and refusal."""
