package io.dl4jext.experiments.data;

/** Examples as floats, row after row. */
final class FloatExamples extends Examples {

    private static final long serialVersionUID = 1L;

    private final float[] values;
    private final int rowSize;
    private final int[] labels;

    FloatExamples(ImageShape shape, int classes, float[] values, int[] labels) {
        super(shape, classes);
        this.values = values;
        this.rowSize = shape.size();
        this.labels = labels;
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public int label(int example) {
        return labels[example];
    }

    @Override
    public void copyTo(int example, float[] target, int offset) {
        System.arraycopy(values, example * rowSize, target, offset, rowSize);
    }
}
