package io.dl4jext.experiments.data;

import java.io.Serializable;
import org.deeplearning4j.nn.conf.inputs.InputType;

/** The shape of one example: channels × height × width. A row of n features is 1 × 1 × n. Immutable. */
public final class ImageShape implements Serializable {

    private static final long serialVersionUID = 1L;

    private final int channels;
    private final int height;
    private final int width;

    /** All three must be at least 1. */
    public ImageShape(int channels, int height, int width) {
        if (channels < 1 || height < 1 || width < 1) {
            throw new IllegalArgumentException("expected channels, height and width of at least 1, got " + channels
                    + " x " + height + " x " + width);
        }
        this.channels = channels;
        this.height = height;
        this.width = width;
    }

    public int channels() {
        return channels;
    }

    public int height() {
        return height;
    }

    public int width() {
        return width;
    }

    /** As the input of a convolutional network. */
    public InputType inputType() {
        return InputType.convolutional(height, width, channels);
    }

    /** channels · height · width. */
    public int size() {
        return channels * height * width;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ImageShape && toString().equals(other.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    @Override
    public String toString() {
        return channels + "x" + height + "x" + width;
    }
}
