package dev.skein.demos.tour;

import java.util.List;
import java.util.stream.IntStream;

/** The three slow jobs that the tour runs in four ways: count the primes below a limit. */
final class Primes {
    static final List<Integer> LIMITS = List.of(1_000, 10_000, 100_000);

    private Primes() {}

    static long below(int limit) {
        return IntStream.range(2, limit).filter(Primes::isPrime).count();
    }

    private static boolean isPrime(int n) {
        for (int divisor = 2; divisor * divisor <= n; divisor++) {
            if (n % divisor == 0) {
                return false;
            }
        }
        return true;
    }
}
