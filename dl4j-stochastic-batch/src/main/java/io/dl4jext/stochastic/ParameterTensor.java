package io.dl4jext.stochastic;

/** A parameter tensor within its updater block. Immutable. */
final class ParameterTensor {

    final ParameterGroup group;

    /** Where it begins in the block's gradient. */
    final long offset;

    final long length;

    /** Where it begins in the network's parameters. */
    final long first;

    /** Where it begins in the {@link EpochMark}. */
    final long position;

    ParameterTensor(ParameterGroup group, long offset, long length, long first, long position) {
        this.group = group;
        this.offset = offset;
        this.length = length;
        this.first = first;
        this.position = position;
    }
}
