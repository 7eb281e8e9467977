"""The commands: what people, jobs, timers and messages do to process instances, each through the same door."""
