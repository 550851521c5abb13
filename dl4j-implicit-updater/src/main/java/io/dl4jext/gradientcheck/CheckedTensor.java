package io.dl4jext.gradientcheck;

/** A tensor of trained parameters: elements from … to − 1 of the network's. */
final class CheckedTensor {

    final String layer;
    final String name;
    final long from;
    final long to;

    CheckedTensor(String layer, String name, long from, long to) {
        this.layer = layer;
        this.name = name;
        this.from = from;
        this.to = to;
    }
}
