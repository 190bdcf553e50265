//! An emulator of the VAN Bulk Import API
