//! `pow` and `log2`, all that progress bars and histograms want of the system's library of mathematics. With the two in the executable its
//! loader has one library less to find, map and bind: half a megabyte of memory in each process, and a tenth of a short command's start.
//!
//! Where something comes to call another of its functions, the library is there again, and nothing else changes.

/// The `pow` of C.
#[expect(
    unsafe_code,
    reason = "the name is the system library's, and does what that one does"
)]
#[unsafe(no_mangle)]
extern "C" fn pow(base: f64, exponent: f64) -> f64 {
    libm::pow(base, exponent)
}

/// The `log2` of C.
#[expect(
    unsafe_code,
    reason = "the name is the system library's, and does what that one does"
)]
#[unsafe(no_mangle)]
extern "C" fn log2(number: f64) -> f64 {
    libm::log2(number)
}
