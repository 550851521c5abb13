package io.dl4jext.experiments.data;

import java.io.IOException;

/** The UCI digits that come with this program: 1,797 grey images of 8×8 in ten classes, 20 % of them for testing. */
public final class Digits {

    private static final TestShare TEST_SHARE = TestShare.nearest(0.2);
    private static final long SPLIT_SEED = 1;

    private Digits() {}

    /**
     * The digits split and standardised as {@link CsvTable#read(java.nio.file.Path, TestShare, long, CsvTable.Missing)}
     * does with a table.
     *
     * @param seed of the split
     */
    public static ImageSet standardised(TestShare testShare, long seed) throws IOException {
        try (DataFile file = DataFile.resource("digits/digits-8x8.csv.gz")) {
            return CsvTable.read(file, CsvTable.Missing.ERROR).standardisedSet("digits", testShare, seed);
        }
    }

    /** The digits with values from 0 to 1, always split in the same way. */
    public static ImageSet embedded() throws IOException {
        try (DataFile file = DataFile.resource("digits/digits-8x8.csv.gz")) {
            CsvTable table = CsvTable.read(file, CsvTable.Missing.ERROR);
            table.scale(1f / 16f);
            return table.toSet("digits", new ImageShape(1, 8, 8), table.split(TEST_SHARE, SPLIT_SEED));
        }
    }
}
