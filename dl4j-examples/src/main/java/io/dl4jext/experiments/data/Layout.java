package io.dl4jext.experiments.data;

/** How a batch of images lies in its features array. */
public enum Layout {
    /** One row an example: batch × (channels · height · width). */
    FLAT,
    /** As images: batch × channels × height × width. */
    NCHW
}
