package io.dl4jext.fisher;

import org.deeplearning4j.nn.conf.graph.AttentionVertex;

/** A vertex of SameDiff's that no rule knows: attention by another name. */
public final class OtherAttention extends AttentionVertex {

    public OtherAttention() {}

    OtherAttention(AttentionVertex other) {
        setNInKeys(other.getNInKeys());
        setNInValues(other.getNInValues());
        setNInQueries(other.getNInQueries());
        setNOut(other.getNOut());
        setHeadSize(other.getHeadSize());
        setNHeads(other.getNHeads());
        setProjectInput(other.isProjectInput());
        setWeightInit(other.getWeightInit());
    }

    @Override
    public OtherAttention clone() {
        return new OtherAttention(this);
    }
}
