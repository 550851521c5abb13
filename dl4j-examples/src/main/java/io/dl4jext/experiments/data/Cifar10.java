package io.dl4jext.experiments.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * CIFAR-10 in its binary version: {@code data_batch_1.bin} to {@code data_batch_5.bin} and {@code test_batch.bin}. A
 * record is 3,073 bytes: the label, then 32×32 red, green and blue values, row by row. (DL4J's own reader downloads.)
 */
public final class Cifar10 {

    private static final int CLASSES = 10;
    private static final ImageShape SHAPE = new ImageShape(3, 32, 32);
    private static final int RECORD = 1 + 3 * 32 * 32;
    private static final int TRAINING_FILES = 5;

    /** Five of them are one array. */
    private static final int MOST_BYTES = Integer.MAX_VALUE / 8;

    private Cifar10() {}

    /**
     * The six files in {@code directory}, or in its sub-folder {@code cifar-10-batches-bin} (the name inside the
     * published archive).
     *
     * @throws DataFileException when one is missing or its length is not a multiple of 3,073 bytes
     */
    public static ImageSet read(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new DataFileException(directory, "expected a folder with CIFAR-10's binary files, found none");
        }
        Path unpacked = directory.resolve("cifar-10-batches-bin");
        Path folder = Files.isDirectory(unpacked) ? unpacked : directory;
        List<Path> training = new ArrayList<>();
        for (int i = 1; i <= TRAINING_FILES; i++) {
            training.add(folder.resolve("data_batch_" + i + ".bin"));
        }
        return new ImageSet("cifar10", records(training), records(List.of(folder.resolve("test_batch.bin"))));
    }

    private static Examples records(List<Path> files) throws IOException {
        int total = 0;
        for (Path file : files) {
            total = Math.addExact(total, length(file));
        }
        DataFile.requireRoom(files.get(0).getParent(), total, total / RECORD + " records of " + RECORD);
        byte[] bytes = new byte[total];
        byte[] labels = new byte[total / RECORD];
        int position = 0;
        for (Path file : files) {
            int length = length(file);
            try (DataFile in = DataFile.open(file)) {
                byte[] read = in.read(length, length / RECORD + " records of " + RECORD);
                for (int record = 0; record < length / RECORD; record++) {
                    labels[position / RECORD + record] = label(in, read, record);
                }
                System.arraycopy(read, 0, bytes, position, length);
            }
            position += length;
        }
        return Examples.ofBytes(SHAPE, CLASSES, bytes, 1, RECORD, labels);
    }

    private static byte label(DataFile file, byte[] records, int record) throws DataFileException {
        byte label = records[record * RECORD];
        if ((label & 0xff) >= CLASSES) {
            throw file.fault("expected labels from 0 to 9, found " + (label & 0xff) + " in record " + record);
        }
        return label;
    }

    private static int length(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new DataFileException(file, "expected a file of CIFAR-10's binary version, found nothing there");
        }
        long length = Files.size(file);
        if (length == 0 || length % RECORD != 0 || length > MOST_BYTES) {
            throw new DataFileException(
                    file,
                    "expected a multiple of " + RECORD + " bytes (10,000 records: 30730000), at most " + MOST_BYTES
                            + ", found " + length);
        }
        return (int) length;
    }
}
