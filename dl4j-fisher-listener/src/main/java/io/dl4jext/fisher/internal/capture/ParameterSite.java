package io.dl4jext.fisher.internal.capture;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A place in a network that holds what has parameters: a layer, or a vertex of its own kind. */
interface ParameterSite {

    /** Its own in the network, the same in a copy of the network. */
    String name();

    /** What the user may call it, the index first where it has one. */
    List<String> names();

    long numParams();

    /** All its parameters, in DL4J's flattened order. */
    INDArray params();

    /** Each of them, a view. */
    Map<String, INDArray> paramTable();

    /** Why it has no gradients; empty if it has some. */
    Optional<String> idle();
}
