package io.dl4jext.experiments.evidence.chapter;

import java.util.List;

/** All chapters, in their order on the page. */
public final class Chapters {

    private Chapters() {}

    public static List<Chapter> all() {
        return List.of(new Paper1Chapter(), new Paper2Chapter(), new Papers3And5Chapter(), new Paper4Chapter());
    }
}
