using System.Globalization;
using DistRec.Numerics.Random;

namespace DistRec.Data;

/// <summary>
/// Reads learning problems in the text form of libSVM and libFM, <c>target index:value …</c>, plain or gzipped. Each row is an entity of its own, in one
/// relation block that all parts share.
/// </summary>
public static class FeatureReader
{
    private const int SampleBytes = 1 << 16;
    private const int SampleLines = 20;

    /// <summary>Reads training rows and, where there are, test rows.</summary>
    /// <param name="trainPath">Rows to learn from; a share of them may become the validation part.</param>
    /// <param name="testPath">Test rows; null for none.</param>
    /// <param name="options">How the files are read.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <returns>
    /// Targets as the files have them (see <see cref="Labels"/>), and one group <c>feature</c> of the numbers that training rows have, ascending, whose names
    /// they are: what it costs depends on how many there are, not on the largest. What no training row has is left out of the other parts.
    /// </returns>
    /// <exception cref="InputException">A file or option is wrong; a wrong line is named with its number.</exception>
    /// <exception cref="OperationCanceledException">Reading was cancelled.</exception>
    public static FeatureData Read(string trainPath, string? testPath = null, FeatureReadOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(trainPath);
        options ??= new FeatureReadOptions();
        options.Validate();
        FeatureLines trainLines = FeatureLines.Read(trainPath, options, cancellation);
        FeatureLines? testLines = testPath is null ? null : FeatureLines.Read(testPath, options, cancellation);
        var train = new RowPart(trainLines.Rows(), trainLines.Targets);
        RowPart? test = testLines is null ? null : new RowPart(testLines.Rows(), testLines.Targets);

        // Parts are cut in this order, so that their sizes are those of the ratios whatever the seed.
        int[] order = EntityOrder.Shuffle(train.Targets.Length, options.Seed, RandomPurpose.Split);
        int tests = test is null ? (int)(options.TestRatio * order.Length) : 0;
        int validations = (int)(options.ValidationRatio * (order.Length - tests));
        test ??= Take(0, tests);
        RowPart? validation = Take(tests, validations);
        train = Take(tests + validations, order.Length - tests - validations)
            ?? throw InputException.At(trainPath, "at least one row to learn from", $"{order.Length} rows, all kept aside", "lower the ratios, or give more rows");
        int[] numbers = train.Numbers();
        Dictionary<int, int> features = [];
        for (int feature = 0; feature < numbers.Length; feature++)
        {
            features.Add(numbers[feature], feature);
        }

        string[] names = [.. numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))];
        FeatureSpace space = new([new FeatureGroup("feature", 0, numbers.Length) { Names = names }]);
        return RowBlock.Join(space, train.Onto(features), validation?.Onto(features), test?.Onto(features));

        // In the order of the file.
        RowPart? Take(int from, int count) => count == 0 ? null : train.Take([.. order[from..(from + count)].Order()]);
    }

    /// <summary>Reads rows onto the features that a model was trained on. Numbers without a feature are left out, and counted.</summary>
    /// <param name="path">The rows.</param>
    /// <param name="space">A space that <see cref="Read"/> made, or <see cref="PairExpansion"/> of one.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">The file is wrong, or the features of the space have no numbers.</exception>
    /// <exception cref="OperationCanceledException">Reading was cancelled.</exception>
    public static KnownRows ReadOnto(string path, FeatureSpace space, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(space);
        Dictionary<int, int> features = NumbersOf(path, space.Groups.Count > 0 ? space.Groups[0] : new FeatureGroup("feature", 0, 0));
        FeatureLines lines = FeatureLines.Read(path, new FeatureReadOptions(), cancellation);
        RatingMatrix given = lines.Rows();
        HashSet<int> unknown = [];
        List<int> columns = [];
        List<float> values = [];
        long[] starts = new long[given.RowCount + 1];
        for (int row = 0; row < given.RowCount; row++)
        {
            // Indices ascend with numbers.
            for (int t = (int)given.RowStarts[row]; t < given.RowStarts[row + 1]; t++)
            {
                if (features.TryGetValue(given.Columns[t], out int feature))
                {
                    columns.Add(feature);
                    values.Add(given.Values[t]);
                }
                else
                {
                    unknown.Add(given.Columns[t]);
                }
            }

            starts[row + 1] = columns.Count;
        }

        RelationBlock block = new("row", RelationEntity.Row, new RatingMatrix(space.Count, starts, [.. columns], [.. values]));
        FeatureRows rows = new(lines.Targets, [block], [[.. Enumerable.Range(0, given.RowCount)]]);
        return new KnownRows(PairExpansion.ExpandOnto(rows, space), unknown.Count, given.Count - columns.Count);
    }

    private static Dictionary<int, int> NumbersOf(string path, FeatureGroup group)
    {
        Dictionary<int, int> features = [];
        for (int index = 0; index < group.Count; index++)
        {
            string name = group.Names?[index] ?? "?";
            if (name.Length > 0)
            {
                features[int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                    ? number
                    : throw InputException.At(path, "rows for a model whose features have numbers", $"one of a group {group.Name} with \"{name}\"", "use a model that was trained on rows of such files")] = index;
            }
        }

        return features;
    }

    /// <summary>
    /// Whether one of the first lines of a file is what <see cref="Read"/> reads; mistakes in it and in the others are for <see cref="Read"/> to name.
    /// </summary>
    /// <exception cref="InputException">The file cannot be read.</exception>
    public static bool IsFeatureFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            return false;
        }

        byte[] sample = new byte[SampleBytes];
        using InputFile file = InputFile.Open(path);
        int length = file.Read(sample);
        ReadOnlySpan<byte> text = sample.AsSpan(0, length);
        for (int count = 0; count < SampleLines && !text.IsEmpty; count++)
        {
            int end = text.IndexOf((byte)'\n');

            // Of a line that the sample cuts off the last number may be half a one.
            ReadOnlySpan<byte> line = end >= 0 ? text[..end] : length < SampleBytes ? text : text[..Math.Max(0, text.LastIndexOf((byte)' '))];
            if (FeatureLines.CountPairs(line) > 0)
            {
                return true;
            }

            text = end < 0 ? [] : text[(end + 1)..];
        }

        return false;
    }
}
