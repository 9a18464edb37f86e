package dev.skein.testsupport;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which methods may suspend their caller, as the class files tell: those from which calls lead to {@code Coroutine.require}
 * or {@code switchTo}, through which each suspension goes.
 *
 * <p>What a lambda calls does not count, since most are bodies of tasks or callbacks. A call of a method that a class in this
 * code overrides leads to each of these, but for the public interfaces that users implement: those are the user's own code.
 */
public final class SuspensionWalk {
    private static final Set<String> ROOTS = Set.of(
            "dev.skein.loop.Coroutine.require(java.lang.String)",
            "dev.skein.loop.Coroutine.switchTo(dev.skein.loop.Coroutine)");
    private static final String MARK = "dev.skein.loop.Suspends";

    private final JavaClasses classes;
    private final Map<String, Set<JavaCodeUnit>> callers = new HashMap<>();

    /** A walk through {@code classes}, all of Skein's that there are. */
    public SuspensionWalk(JavaClasses classes) {
        this.classes = classes;
        for (JavaClass type : classes) {
            for (JavaCodeUnit unit : type.getCodeUnits()) {
                unit.getCallsFromSelf().stream()
                        .filter(call -> !call.isDeclaredInLambda())
                        .forEach(call -> add(call, unit));
            }
        }
    }

    private void add(JavaAccess<?> call, JavaCodeUnit caller) {
        String signature = signatureOf(call);
        JavaClass owner = call.getTargetOwner();
        addCaller(owner, signature, caller);
        if (classes.contain(owner.getFullName()) && !isUsersToImplement(classes.get(owner.getFullName()))) {
            classes.get(owner.getFullName())
                    .getAllSubclasses()
                    .forEach(sub -> callers.computeIfAbsent(sub.getFullName() + "." + signature, k -> new HashSet<>())
                            .add(caller));
        }
    }

    private static String signatureOf(JavaAccess<?> call) {
        String full = call.getTarget().getFullName();
        return full.substring(call.getTargetOwner().getFullName().length() + 1);
    }

    /** The method may stand in a class or interface above the one that is named. */
    private void addCaller(JavaClass owner, String signature, JavaCodeUnit caller) {
        callers.computeIfAbsent(owner.getFullName() + "." + signature, k -> new HashSet<>())
                .add(caller);
        if (classes.contain(owner.getFullName())) {
            JavaClass known = classes.get(owner.getFullName());
            Collection<JavaClass> above = new HashSet<>(known.getAllRawSuperclasses());
            above.addAll(known.getAllRawInterfaces());
            above.forEach(type -> callers.computeIfAbsent(type.getFullName() + "." + signature, k -> new HashSet<>())
                    .add(caller));
        }
    }

    private static boolean isUsersToImplement(JavaClass type) {
        return type.isInterface() && type.getModifiers().contains(JavaModifier.PUBLIC);
    }

    /** All methods from which calls lead there, by their full names. */
    public Set<String> all() {
        Set<String> reached = new TreeSet<>();
        ArrayDeque<String> left = new ArrayDeque<>(ROOTS);
        while (!left.isEmpty()) {
            for (JavaCodeUnit caller : callers.getOrDefault(left.remove(), Set.of())) {
                if (reached.add(caller.getFullName())) {
                    left.add(caller.getFullName());
                }
            }
        }
        return reached;
    }

    /** Those of {@link #all} that users see: public methods of public types. */
    public Set<String> publicOnes() {
        Set<String> reached = all();
        Set<String> seen = new TreeSet<>();
        for (JavaClass type : classes) {
            for (JavaMethod method : type.getMethods()) {
                if (isPublic(method) && reached.contains(method.getFullName())) {
                    seen.add(method.getFullName());
                }
            }
        }
        return seen;
    }

    /** The methods that users see and that are marked as ones that may. */
    public Set<String> marked() {
        Set<String> marked = new TreeSet<>();
        for (JavaClass type : classes) {
            for (JavaMethod method : type.getMethods()) {
                if (method.isAnnotatedWith(MARK)) {
                    marked.add(method.getFullName());
                }
            }
        }
        return marked;
    }

    /** Whether users see it. Not a bridge that javac makes. */
    private static boolean isPublic(JavaMethod method) {
        JavaClass type = method.getOwner();
        boolean seen = type.getModifiers().contains(JavaModifier.PUBLIC);
        return seen
                && method.getModifiers().contains(JavaModifier.PUBLIC)
                && !method.getModifiers().contains(JavaModifier.SYNTHETIC)
                && !method.getModifiers().contains(JavaModifier.BRIDGE);
    }
}
