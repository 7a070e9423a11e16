using DistRec.Evaluation.Metrics;
using DistRec.Evaluation.Reports;
using DistRec.Models;

namespace DistRec.Evaluation.Tests.Reports;

/// <summary>A report of a believable run.</summary>
internal static class SampleReport
{
    public static TrainingReport Create(int epochs = 30) => new()
    {
        Title = "mf on ml-100k",
        ModelKind = "mf",
        Created = new DateTimeOffset(2026, 1, 31, 12, 30, 15, TimeSpan.Zero),
        Settings =
        [
            new("rank", "64"), new("epochs", $"{epochs}"), new("learning rate", "0.02, × 0.97 an epoch"), new("regularization", "0.06"),
            new("bias regularization", "0.01"), new("seed", "42"), new("partitions", "4 × 4"), new("engine", "local"),
        ],
        Data =
        [
            new("name", "ml-100k"), new("users", "943"), new("items", "1,682"), new("training ratings", "80,000"), new("validation ratings", "10,000"),
            new("test ratings", "10,000"), new("density", "6.30 %"), new("rating scale", "1 to 5"), new("mean rating", "3.5299"),
        ],
        DataFingerprint = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ModelSha256 = "8d42d5bc83d0df00cba262998f2a077f3ada0ca607a2a90bc1efb6804b40167c",
        Epochs = [.. Enumerable.Range(1, epochs).Select(Epoch)],
        Events = epochs < 12 ? [] : [new(12, "the loss rose: went back to epoch 11 and halved the learning rate")],
        Popularity = new ItemPopularity(
            [new(0, 0, 12), new(1, 1, 141), new(2, 3, 190), new(4, 7, 300), new(8, 15, 1039)],
            [new("50", "Star Wars (1977)", 495, 4.3585), new("258", null, 402, 3.8035)],
            0.4312),
        Samples =
        [
            new SampleList("196", 31, [new("Star Wars (1977)", 5), new("258", 4.5f)], [new("Fargo (1996)", 4.7312f)]),
            new SampleList("<b>", 1, [new("x & y", 1)], [new("z", 2)]),
        ],
        Ratings = [new(1, 1, 6110), new(2, 2, 11370), new(3, 3, 27145), new(4, 4, 34174), new(5, 5, 21201)],
        Final = new EvaluationResult(0.9012, 0.7098, 10_000, 12, 31, Errors(), Activity()),
    };

    private static EpochFigures Epoch(int epoch)
    {
        double train = 0.62 + 0.42 * Math.Exp(-epoch / 9.0);
        double validation = 0.9 + 0.13 * Math.Exp(-epoch / 3.0) + 0.00009 * Math.Max(0, epoch - 14) * (epoch - 14);
        return new EpochFigures(
            epoch,
            train,
            validation,
            ValidationMae: 0.787 * validation,
            Loss: 80_000 * train * train + 900,
            LearningRate: epoch < 12 ? 0.02 * Math.Pow(0.97, epoch) : 0.01 * Math.Pow(0.97, epoch),
            Seconds: 0.041 + (0.001 * (epoch % 5)));
    }

    private static List<HistogramBar> Errors() =>
    [
        .. Enumerable.Range(-16, 32).Select(step => new HistogramBar(step * 0.25, (step + 1) * 0.25, (long)(1100 * Math.Exp(-0.5 * Math.Pow((step + 0.5) * 0.25 / 0.9, 2))))),
    ];

    private static ActivityBin[] Activity() =>
    [
        new(0, 0, 2, 12, 1.1312, 0.9021), new(5, 9, 30, 70, 1.0421, 0.8431), new(10, 19, 120, 410, 0.9813, 0.7702), new(20, 49, 260, 1500, 0.9402, 0.7431),
        new(50, 99, 240, 2200, 0.9133, 0.7201), new(100, 199, 200, 3400, 0.8921, 0.7003), new(200, 499, 88, 2300, 0.8702, 0.6802), new(500, 999, 3, 108, 0.8421, 0.6622),
    ];
}
