package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.Place;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A place in a network that holds what has parameters: a layer, or a vertex of its own kind. */
interface ParameterSite {

    /** Its own in the network, the same in a copy of the network. */
    String name();

    /** The simple name of its class. */
    String type();

    /** What the user may call it, the index first where it has one. */
    List<String> names();

    long numParams();

    /** All its parameters, in DL4J's flattened order. */
    INDArray params();

    /** Each of them, a view. */
    Map<String, INDArray> paramTable();

    /**
     * Where a parameter lies in the site's flattened gradient: read off DL4J's own view of it, whatever its order.
     *
     * @param parameter its key, as in {@link #paramTable()}
     * @return {@link Place#UNKNOWN} if there is none of that name, or it is not kept as a view of all parameters
     */
    Place place(String parameter);

    /** Of a view of parameters among all of them; {@link Place#UNKNOWN} if it is none. */
    static Place place(INDArray all, INDArray view) {
        if (view == null
                || view.dataType() != all.dataType()
                || view.data().underlyingLength() != all.data().underlyingLength()) {
            return Place.UNKNOWN;
        }
        long offset = view.offset() - all.offset();
        long last = offset;
        for (int axis = 0; axis < view.rank(); axis++) {
            last += (view.size(axis) - 1) * view.stride(axis);
        }
        return offset < 0 || last >= all.length() ? Place.UNKNOWN : Place.of(offset, view.shape(), view.stride());
    }

    /** Why it has no gradients; empty if it has some. */
    Optional<String> idle();
}
