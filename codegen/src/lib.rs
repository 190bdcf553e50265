//! Generates typed mapping builders from a snapshot
