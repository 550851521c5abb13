package io.dl4jext.fisher;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

/** A file as accidents and enemies leave it. */
final class Mutant {

    private static final byte[] AWKWARD = {
        0,
        (byte) 0xff,
        (byte) 0xc3,
        (byte) 0x80,
        '\n',
        '\r',
        ' ',
        '"',
        ',',
        '{',
        '}',
        '[',
        ']',
        ':',
        '-',
        '.',
        '0',
        '9',
        'e',
        'N'
    };
    private static final int LONGEST_REPEAT = 200_000;

    private Mutant() {}

    /** Up to three changes, one after the other. */
    static byte[] of(byte[] valid, Random random) {
        byte[] mutant = valid;
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            mutant = changed(mutant, random);
        }
        return mutant;
    }

    private static byte[] changed(byte[] bytes, Random random) {
        int from = random.nextInt(bytes.length + 1);
        int to = Math.min(bytes.length, from + 1 + random.nextInt(random.nextBoolean() ? 8 : 200));
        switch (random.nextInt(9)) {
            case 0:
                return Arrays.copyOf(bytes, from);
            case 1:
                return joined(bytes, random(random, 1 + random.nextInt(40)));
            case 2:
                return random(random, random.nextInt(300));
            case 3:
                return joined(Arrays.copyOf(bytes, from), Arrays.copyOfRange(bytes, to, bytes.length));
            case 4:
                return joined(Arrays.copyOf(bytes, to), Arrays.copyOfRange(bytes, from, bytes.length));
            case 5:
                return repeated(bytes, from, to, random.nextInt(LONGEST_REPEAT) / (to - from + 1));
            case 6:
                byte[] inserted = {AWKWARD[random.nextInt(AWKWARD.length)]};
                return joined(Arrays.copyOf(bytes, from), inserted, Arrays.copyOfRange(bytes, from, bytes.length));
            default:
                byte[] flipped = bytes.clone();
                for (int i = random.nextInt(8); i >= 0 && bytes.length > 0; i--) {
                    flipped[random.nextInt(bytes.length)] =
                            random.nextBoolean() ? (byte) random.nextInt(256) : AWKWARD[random.nextInt(AWKWARD.length)];
                }
                return flipped;
        }
    }

    private static byte[] repeated(byte[] bytes, int from, int to, int times) {
        byte[] slice = Arrays.copyOfRange(bytes, from, to);
        byte[] many = new byte[slice.length * times];
        for (int i = 0; i < many.length; i++) {
            many[i] = slice[i % slice.length];
        }
        return joined(Arrays.copyOf(bytes, from), many, Arrays.copyOfRange(bytes, from, bytes.length));
    }

    private static byte[] random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }
}
