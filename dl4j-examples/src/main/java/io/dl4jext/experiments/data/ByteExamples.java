package io.dl4jext.experiments.data;

/** Images as the unsigned bytes of their file, 0..255; scaled to 0..1 when they are copied out. */
final class ByteExamples extends Examples {

    private static final long serialVersionUID = 1L;

    private final byte[] bytes;
    private final int firstPixel;
    private final int stride;
    private final byte[] labels;

    /**
     * Image i starts at {@code bytes[i * stride + firstPixel]}: in CIFAR-10 files a record begins with its label.
     *
     * @param labels one class a record; its length is the number of examples
     */
    ByteExamples(ImageShape shape, int classes, byte[] bytes, int firstPixel, int stride, byte[] labels) {
        super(shape, classes);
        this.bytes = bytes;
        this.firstPixel = firstPixel;
        this.stride = stride;
        this.labels = labels;
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public int label(int example) {
        return labels[example] & 0xff;
    }

    @Override
    public void copyTo(int example, float[] target, int offset) {
        int from = example * stride + firstPixel;
        int size = stride - firstPixel;
        for (int i = 0; i < size; i++) {
            target[offset + i] = (bytes[from + i] & 0xff) * (1f / 255f);
        }
    }
}
