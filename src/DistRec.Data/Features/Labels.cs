namespace DistRec.Data;

/// <summary>How the targets of a learning problem name two classes.</summary>
public enum LabelKind
{
    /// <summary>Not at all: they are numbers.</summary>
    Numbers,

    /// <summary>All are 0 or 1.</summary>
    ZeroOne,

    /// <summary>All are −1 or 1, and one at least is −1.</summary>
    PlusMinusOne,

    /// <summary>All are 1 or 2, and one at least is 2, which stands for 1.</summary>
    OneTwo,
}

/// <summary>Targets of classification.</summary>
public static class Labels
{
    /// <summary>How the targets of all parts name classes.</summary>
    /// <param name="data">The problem.</param>
    /// <param name="known">How the targets did that a model learned from; rows of one class alone do not tell.</param>
    public static LabelKind KindOf(FeatureData data, LabelKind known = LabelKind.Numbers)
    {
        ArgumentNullException.ThrowIfNull(data);
        bool areOneTwo = Parts(data).All(part => part.Targets.All(target => target is 1 or 2));
        return areOneTwo && known == LabelKind.OneTwo ? LabelKind.OneTwo
            : Parts(data).All(part => part.Targets.All(target => target is 0 or 1)) ? LabelKind.ZeroOne
            : Parts(data).All(part => part.Targets.All(target => target is -1 or 1)) ? LabelKind.PlusMinusOne
            : areOneTwo ? LabelKind.OneTwo
            : LabelKind.Numbers;
    }

    /// <summary>The same problem with 0 for −1 where targets are −1 and 1, and with 0 and 1 for 1 and 2.</summary>
    /// <param name="data">The problem.</param>
    /// <param name="known">As for <see cref="KindOf"/>.</param>
    /// <exception cref="InputException">The targets are no two classes.</exception>
    public static FeatureData ToClasses(FeatureData data, LabelKind known = LabelKind.Numbers)
    {
        LabelKind kind = KindOf(data, known);
        if (kind == LabelKind.Numbers)
        {
            float[] found = [.. Parts(data).SelectMany(part => part.Targets).Distinct().Take(100).Order()];
            throw InputException.At(
                "targets", "0 and 1, −1 and 1, or 1 and 2, for classification",
                string.Join(", ", found.Take(5)) + (found.Length > 5 ? ", …" : ""),
                "say from which rating on one is positive, or learn a regression");
        }

        return kind == LabelKind.ZeroOne ? data : data with
        {
            Train = ZeroOne(data.Train, kind),
            Validation = data.Validation is null ? null : ZeroOne(data.Validation, kind),
            Test = data.Test is null ? null : ZeroOne(data.Test, kind),
        };
    }

    private static FeatureRows ZeroOne(FeatureRows rows, LabelKind kind) =>
        new(Array.ConvertAll(rows.Targets, target => target > (kind == LabelKind.OneTwo ? 1 : 0) ? 1f : 0f), rows.Blocks, rows.BlockRows);

    private static IEnumerable<FeatureRows> Parts(FeatureData data) => new[] { data.Train, data.Validation, data.Test }.OfType<FeatureRows>();
}
