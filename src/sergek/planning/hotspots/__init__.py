"""Where accidents gather: by the definition in force, and beyond chance."""
