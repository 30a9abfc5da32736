"""What is printed: PDF files."""
