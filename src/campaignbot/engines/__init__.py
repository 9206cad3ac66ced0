"""Door: what makes time pass. An engine wakes, it never decides."""
