package io.dl4jext.experiments.data;

import java.io.IOException;

/**
 * Reads a pair of IDX files, the format of MNIST: a big-endian magic number (0x00000803 images, 0x00000801 labels), the
 * sizes, then unsigned bytes. (DL4J's own reader downloads, and knows MNIST alone.)
 */
final class IdxImages {

    private static final int IMAGES = 0x0803;
    private static final int LABELS = 0x0801;
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private IdxImages() {}

    /** Reads and checks both files; closes neither. */
    static Examples read(DataFile imageFile, DataFile labelFile, int classes) throws IOException {
        int count = size(imageFile, magic(imageFile, IMAGES, "images"), "images");
        int height = size(imageFile, imageFile.readInt("the IDX header"), "rows an image");
        int width = size(imageFile, imageFile.readInt("the IDX header"), "columns an image");
        long bytes = (long) count * height * width;
        if (bytes > LARGEST_ARRAY || (long) height * width > LARGEST_ARRAY) {
            throw imageFile.fault("expected at most " + LARGEST_ARRAY + " pixels, found " + count + " images of "
                    + height + "x" + width + " in the header");
        }
        byte[] pixels = imageFile.read((int) bytes, count + " images of " + height + "x" + width);
        imageFile.expectEnd();

        int labelCount = size(labelFile, magic(labelFile, LABELS, "labels"), "labels");
        if (labelCount != count) {
            throw labelFile.fault("expected " + count + " labels, as many as images in " + imageFile.name() + ", found "
                    + labelCount);
        }
        // They are kept as integers.
        DataFile.requireRoom(labelFile.name(), 5L * count, count + " labels");
        byte[] labels = labelFile.read(count, count + " labels");
        labelFile.expectEnd();
        for (int i = 0; i < count; i++) {
            if ((labels[i] & 0xff) >= classes) {
                throw labelFile.fault("expected labels from 0 to " + (classes - 1) + ", found " + (labels[i] & 0xff)
                        + " at position " + i);
            }
        }
        return Examples.ofBytes(new ImageShape(1, height, width), classes, pixels, 0, height * width, labels);
    }

    /** Checks the magic number and gives the integer behind it: the count. */
    private static int magic(DataFile file, int expected, String what) throws IOException {
        int magic = file.readInt("the IDX header");
        if (magic != expected) {
            throw file.fault(
                    String.format("expected an IDX file of %s (magic 0x%08x), found 0x%08x", what, expected, magic));
        }
        return file.readInt("the IDX header");
    }

    private static int size(DataFile file, int value, String what) throws DataFileException {
        if (value < 1) {
            throw file.fault("expected at least 1 for the number of " + what + ", found " + value + " in the header");
        }
        return value;
    }
}
