package io.spindrift.architecture;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** One Java source file as the size budgets see it. */
record SourceFile(Path path, int lines, List<Method> methods) {
    /** A method and how many lines it takes, from its modifiers to its brace. */
    record Method(String name, int lines) {
    }

    static SourceFile of(Path path) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(null, files, null, null, null, files.getJavaFileObjects(path));
            CompilationUnitTree unit = task.parse().iterator().next();
            List<Method> methods = new ArrayList<>();
            unit.accept(scanner(unit, Trees.instance(task).getSourcePositions(), methods), null);
            return new SourceFile(path, Files.readAllLines(path).size(), methods);
        }
    }

    private static TreeScanner<Void, Void> scanner(CompilationUnitTree unit, SourcePositions positions, List<Method> methods) {
        return new TreeScanner<>() {
            private String inside = "";

            @Override
            public Void visitClass(ClassTree node, Void nothing) {
                String outer = inside;
                inside = node.getSimpleName().toString();
                super.visitClass(node, nothing);
                inside = outer;
                return null;
            }

            @Override
            public Void visitMethod(MethodTree node, Void nothing) {
                long first = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, node));
                long end = positions.getEndPosition(unit, node);
                long last = end < 0 ? first : unit.getLineMap().getLineNumber(end);
                methods.add(new Method(inside + '.' + node.getName(), (int) (last - first + 1)));
                return super.visitMethod(node, nothing);
            }
        };
    }
}
