package io.dl4jext.experiments.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Files cut, lengthened, changed and made up at random are read or refused by name, as {@link Bounds} holds. */
@Tag("once")
class HostileFilePropertyTest {

    private static final int TRIES = 1500;
    private static final String ROWS =
            "length,\"width\",class\n" + "1.5,10,a\n-2e3,?,b\n3,.7,\"c\"\n4,10,a\n5,10,b\n".repeat(4);
    private static final String PIECES =
            "{\"test\": [], \"train\": [[[21, 108], [], [60]],\n [[22], [23]]], \"valid\": [[[50], [51, 52]]]}";

    private static Path folder;

    @BeforeContainer
    static void writeFiles() throws IOException {
        folder = Files.createTempDirectory("hostile");
        IdxWriter.writeSet(folder, 25, 7);
        Cifar10Test.write(folder);
    }

    @AfterContainer
    static void deleteFiles() throws IOException {
        for (Path file : (Iterable<Path>) Files.walk(folder).sorted((a, b) -> b.compareTo(a))::iterator) {
            Files.delete(file);
        }
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void idxImages(@ForAll long seed) throws Exception {
        idx(IdxWriter.TRAIN_IMAGES, IdxWriter.images(25, 4, 3), new Random(seed));
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void idxLabels(@ForAll long seed) throws Exception {
        idx(IdxWriter.TRAIN_LABELS, IdxWriter.labels(25), new Random(seed));
    }

    /** A fault of one may show in the other, which has another number. */
    private static void idx(String name, byte[] valid, Random random) throws Exception {
        Path plain = folder.resolve(name);
        Path file = written(name, valid, random);
        if (!file.equals(plain)) {
            Files.delete(plain);
        }
        try {
            Bounds.hold(folder.toString(), () -> Mnist.read(folder));
        } finally {
            Files.delete(file);
            Files.write(plain, valid);
        }
    }

    @Property(tries = 300, shrinking = ShrinkingMode.OFF)
    void cifarRecords(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        Path file = folder.resolve(random.nextBoolean() ? "test_batch.bin" : "data_batch_3.bin");
        byte[] valid = Files.readAllBytes(file);
        byte[] mutant = Mutant.of(valid, random);
        // Only a whole number of records comes further than the length.
        Files.write(file, random.nextBoolean() ? mutant : Arrays.copyOf(mutant, valid.length));
        Bounds.hold(file.getFileName().toString(), () -> Cifar10.read(folder));
        Files.write(file, valid);
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void tables(@ForAll long seed, @ForAll CsvTable.Missing missing) throws Exception {
        Path file = written("table.csv", ROWS.getBytes(StandardCharsets.UTF_8), new Random(seed));
        Bounds.hold(file.toString(), () -> CsvTable.read(file, 0.2, 1, missing));
        Files.delete(file);
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void pianoRolls(@ForAll long seed) throws Exception {
        Path file = written("music.json", PIECES.getBytes(StandardCharsets.UTF_8), new Random(seed));
        Bounds.hold(file.toString(), () -> PianoRolls.read(file));
        Files.delete(file);
    }

    /** Plain, or packed before or after it is changed. */
    private static Path written(String name, byte[] valid, Random random) throws IOException {
        switch (random.nextInt(3)) {
            case 0:
                return Files.write(folder.resolve(name), Mutant.of(valid, random));
            case 1:
                return Files.write(folder.resolve(name + ".gz"), IdxWriter.gzip(Mutant.of(valid, random)));
            default:
                return Files.write(folder.resolve(name + ".gz"), Mutant.of(IdxWriter.gzip(valid), random));
        }
    }
}
