"""What pages show: pure reads, in one language, with personal data only where the reader may see it."""
