package io.dl4jext.stochastic;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * The random numbers of one iteration: u(index), uniform in [0, 1), for each parameter of the network. A parameter is
 * updated if u &lt; p.
 *
 * <p>Counter-based: u depends on (seed, iteration, index) alone. With SplitMix64's output function mix (Steele, Lea and
 * Flood 2014), its increment φ, and int arithmetic modulo 2^32,
 *
 * <pre>    key = mix(mix(seed) + φ·(iteration + 1)),  k₁, k₂ its upper and lower half
 *    z = index·9E3779B9₁₆ + k₁
 *    z = (z ^ z≫16)·7FEB352D₁₆
 *    z = (z ^ z≫15) + k₂
 *    z = z·846CA68B₁₆
 *    a = z ^ z≫16                                    the first 32 bits of u
 *    b = the upper 21 bits of mix(mix(key) + φ·index)   the other 21 bits
 *    u = (a·2^21 + b)·2^−53</pre>
 *
 * The first 32 bits decide nearly always. Made of 32-bit multiplications, they come eight at a time from a processor
 * with vector instructions.
 */
final class UpdateDraws {

    /** The most elements of one call. */
    static final int MOST = HostChunk.SIZE;

    private static final long PHI = 0x9E3779B97F4A7C15L;
    private static final int STEP = 0x9E3779B9;

    /** i·STEP: loops over arrays become vector instructions, loops over their index do not. */
    private static final int[] STEPS = steps();

    private final int additive;
    private final int middle;
    private final long fineKey;

    UpdateDraws(long seed, int iteration) {
        long key = mix(mix(seed) + PHI * (iteration + 1L));
        this.additive = (int) (key >>> 32);
        this.middle = (int) key;
        this.fineKey = mix(key);
    }

    private static int[] steps() {
        int[] steps = new int[MOST];
        for (int i = 0; i < MOST; i++) {
            steps[i] = i * STEP;
        }
        return steps;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** The first 32 bits of u, of index·STEP + k₁. */
    private static int leading(int z, int middle) {
        int mixed = (z ^ z >>> 16) * 0x7FEB352D;
        mixed = ((mixed ^ mixed >>> 15) + middle) * 0x846CA68B;
        return mixed ^ mixed >>> 16;
    }

    /** u(index). */
    double uniform(long index) {
        long a = leading((int) index * STEP + additive, middle) & 0xFFFFFFFFL;
        long b = mix(fineKey + PHI * index) >>> 43;
        return (a << 21 | b) * 0x1p-53;
    }

    /** Turns bits into numbers through memory, as a bulk copy: faster than one conversion after the other. */
    static final class Numbers {

        private final ByteBuffer bytes =
                ByteBuffer.allocateDirect(Float.BYTES * MOST).order(ByteOrder.nativeOrder());
        private final int[] bits = new int[MOST];

        /** 1 + u from the first 23 bits of u, so that u is at most 2^−23 more; for at most {@link #MOST} indices. */
        void onePlus(UpdateDraws draws, long first, float[] numbers, int length) {
            int start = (int) first * STEP + draws.additive;
            int middle = draws.middle;
            for (int i = 0; i < length; i++) {
                bits[i] = leading(STEPS[i] + start, middle) >>> 9 | 0x3F800000;
            }
            IntBuffer ints = bytes.asIntBuffer();
            FloatBuffer floats = bytes.asFloatBuffer();
            ints.put(bits, 0, length);
            floats.get(numbers, 0, length);
        }
    }
}
