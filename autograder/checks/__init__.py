"""What is graded: one pytest file a lesson, and nothing else."""
