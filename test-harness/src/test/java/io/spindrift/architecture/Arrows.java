package io.spindrift.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Map;
import java.util.Set;

/** Which package may know which: a table below one root package. What is not in the table may know everything, but nothing in it may know that. */
final class Arrows extends ArchCondition<JavaClass> {
    private final String root;
    private final Map<String, Set<String>> allowed;

    Arrows(String root, Map<String, Set<String>> allowed) {
        super("keep to the arrows");
        this.root = root + '.';
        this.allowed = allowed;
    }

    @Override
    public void check(JavaClass item, ConditionEvents events) {
        String from = part(item);
        if (from == null || !allowed.containsKey(from)) {
            return;
        }
        for (Dependency dependency : item.getDirectDependenciesFromSelf()) {
            String to = part(dependency.getTargetClass().getBaseComponentType());
            if (to != null && !to.equals(from) && !allowed.get(from).contains(to)) {
                events.add(SimpleConditionEvent.violated(item, "no arrow from " + from + " to " + to + ": " + dependency.getDescription()));
            }
        }
    }

    /** The first package below the root that a class lies in; null: outside. */
    private String part(JavaClass item) {
        String name = item.getPackageName() + '.';
        return name.startsWith(root) && name.length() > root.length() ? name.substring(root.length(), name.indexOf('.', root.length())) : null;
    }
}
