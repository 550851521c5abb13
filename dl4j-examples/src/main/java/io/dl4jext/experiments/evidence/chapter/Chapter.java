package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.cell.DataFolder;
import io.dl4jext.experiments.evidence.cell.DataSet;
import io.dl4jext.experiments.evidence.cell.Scale;
import java.io.IOException;
import java.util.List;

/**
 * What a report has of one paper, or of two: which cells are run, and what is made of their files. A new chapter is a
 * class like this one and a line in {@link Chapters}.
 */
public interface Chapter {

    /** The papers' numbers in the project's README. */
    List<Integer> papers();

    /** What it is about, in some words. */
    String title();

    /** Authors and titles of the papers. */
    String source();

    /**
     * What was done here otherwise than in the papers, in some sentences; the reader needs it to judge the verdicts.
     */
    String differences(Scale scale);

    /** The data sets that it would read. */
    List<DataSet> data();

    /**
     * What is run at a scale.
     *
     * @param data the sets that there are; cells that need another one are skipped, and named
     */
    List<Cell> cells(Scale scale, DataFolder data);

    /** Claims with verdicts, tables and figures of the cells that are done. */
    Contents contents(Results results) throws IOException;
}
