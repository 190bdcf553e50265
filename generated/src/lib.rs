//! Typed mapping builders
