package io.dl4jext.fisher;

import java.util.List;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.nd4j.linalg.api.buffer.DataType;

/** What every test case is run under: data type, batch size, workspace mode, kind of network, random seed. */
final class Setting {

    final DataType type;
    final int batch;
    final WorkspaceMode workspaces;
    final boolean graph;
    final long seed;

    Setting(DataType type, int batch, WorkspaceMode workspaces, boolean graph, long seed) {
        this.type = type;
        this.batch = batch;
        this.workspaces = workspaces;
        this.graph = graph;
        this.seed = seed;
    }

    /** Each value of each dimension meets each value of the others at least once. */
    static List<Setting> grid() {
        return List.of(
                new Setting(DataType.DOUBLE, 5, WorkspaceMode.ENABLED, false, 1),
                new Setting(DataType.DOUBLE, 1, WorkspaceMode.NONE, false, 2),
                new Setting(DataType.DOUBLE, 8, WorkspaceMode.NONE, true, 3),
                new Setting(DataType.FLOAT, 5, WorkspaceMode.ENABLED, true, 4),
                new Setting(DataType.FLOAT, 8, WorkspaceMode.NONE, false, 5),
                new Setting(DataType.FLOAT, 1, WorkspaceMode.ENABLED, false, 6));
    }

    Draw draw() {
        return new Draw(type, seed);
    }

    @Override
    public String toString() {
        return type + ", B " + batch + ", workspaces " + workspaces + (graph ? ", graph" : ", layers") + ", seed "
                + seed;
    }
}
