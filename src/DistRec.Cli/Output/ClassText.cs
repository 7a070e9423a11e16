using DistRec.Evaluation.Metrics;

namespace DistRec.Cli.Output;

/// <summary>How well probabilities tell two classes, in words.</summary>
internal static class ClassText
{
    public static IEnumerable<(string Name, string Value)> Describe(ClassificationResult classes) =>
    [
        ("accuracy", $"{classes.Accuracy:0.0000}, of {Quantity.Count(classes.Positives)} positive and {Quantity.Count(classes.Count - classes.Positives)} negative ones"),
        ("log-loss", $"{classes.LogLoss:0.0000}"),
        ("AUC", AucOf(classes)),
    ];

    /// <summary>The area under the ROC curve, or why there is none.</summary>
    public static string AucOf(ClassificationResult classes) => classes.Auc is { } auc ? $"{auc:0.0000}" : "none, one class is missing";
}
