#if canImport(Glibc)
    import Glibc
#endif

/// e to the power of `value` in float32, by the C library, as XGBoost computes it. The argument is
/// capped at 88.7, where the result is still finite.
func exponential(_ value: Float) -> Float {
    expf(min(value, 88.7))
}

/// The natural logarithm in float32, by the C library.
func logarithm(_ value: Float) -> Float {
    logf(value)
}
