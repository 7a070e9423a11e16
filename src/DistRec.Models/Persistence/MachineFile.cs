using System.Globalization;
using DistRec.Models.FactorizationMachine;

namespace DistRec.Models.Persistence;

/// <summary>
/// A factorization machine on disk: its tables beside those of users and items, what tells their shape in the metadata, and a text file with a line a
/// feature, its group and its name, parted by a tab.
/// </summary>
internal static class MachineFile
{
    private const string RankKey = "fmRank";
    private const string OrderKey = "fmOrder";

    // Models of earlier releases held samples beside each other; 0 since.
    private const string SamplesKey = "fmSamples";
    private const string LinkKey = "fmLink";

    // What scores of 0 are in ratings. Models of earlier releases have none, and 0 is meant.
    private const string MeanKey = "fmMean";

    // "User:Rated,Item:List": where the features of each group come from. Models of earlier releases have none.
    private const string OriginsKey = "fmOrigins";
    private const string Advice = "the file is damaged; copy or train the model again";

    /// <summary>Adds the tables.</summary>
    public static void Write(SafeTensorsWriter writer, FmMachine machine)
    {
        writer.Metadata[RankKey] = machine.Shape.Rank.ToString(CultureInfo.InvariantCulture);
        writer.Metadata[OrderKey] = machine.Shape.Order.ToString(CultureInfo.InvariantCulture);
        writer.Metadata[SamplesKey] = "0";
        writer.Metadata[LinkKey] = machine.Link.ToString();
        writer.Metadata[MeanKey] = machine.Units.Mean.ToString("R", CultureInfo.InvariantCulture);
        FeatureGroup[] groups = [.. machine.Space.Groups.Where(group => group.Count > 0)];
        if (groups.Length > 0 && Array.TrueForAll(groups, group => group.Origin is not null))
        {
            writer.Metadata[OriginsKey] =
                string.Join(',', groups.Select(group => $"{group.Origin!.Value.Entity}:{group.Origin.Value.Kind}"));
        }

        writer.Add(TableNames.FeatureWeights, machine.Parameters.Weights.AsMemory());
        if (machine.Shape.Width > 0)
        {
            writer.Add(TableNames.FeatureFactors, machine.Parameters.Factors);
        }
    }

    /// <summary>The lines that name the features.</summary>
    public static IEnumerable<string> Lines(FeatureSpace space)
    {
        foreach (FeatureGroup group in space.Groups)
        {
            for (int index = 0; index < group.Count; index++)
            {
                yield return $"{group.Name}\t{group.Names?[index]}";
            }
        }
    }

    /// <summary>Reads the tables and the names.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="reader">Its tensors.</param>
    /// <param name="unit">What a unit of the tables is in ratings.</param>
    /// <param name="lines">The lines that name the features, given how many they are.</param>
    /// <exception cref="InputException">Something is missing, or does not fit.</exception>
    public static FmMachine Read(string path, SafeTensorsReader reader, float unit, Func<int, IReadOnlyList<string?>> lines)
    {
        int samples = Number(SamplesKey, 0, 1024);
        FmShape shape = new(Number(RankKey, 0, 1024), Number(OrderKey, 2, 16), FmLearner.Sgd, 0);
        int sampleWidth = shape.FactorWidth + FactorTable.Lanes;
        int width = shape.FactorWidth + (samples * sampleWidth);
        if (!reader.Metadata.TryGetValue(LinkKey, out string? name) || !Enum.TryParse(name, out FmLink link) || !Enum.IsDefined(link))
        {
            throw InputException.At($"{path}: metadata {LinkKey}", string.Join(", ", Enum.GetNames<FmLink>()), name ?? "none", Advice);
        }

        TensorInfo weights = reader.Tensors.FirstOrDefault(tensor => tensor.Name == TableNames.FeatureWeights)
            ?? throw InputException.At(path, $"the tensor {TableNames.FeatureWeights}", "none", Advice);
        if (weights.Shape is not [>= 1 and <= int.MaxValue and long rows])
        {
            throw InputException.At($"{path}: {TableNames.FeatureWeights}", "a vector with a row for each feature and one more", $"[{string.Join(", ", weights.Shape)}]", Advice);
        }

        int features = (int)rows - 1;
        FactorTable factors = width > 0 ? reader.ReadTable(TableNames.FeatureFactors, (int)rows, width) : new FactorTable((int)rows, 0);
        FmParameters parameters = new(factors, reader.ReadSingles(TableNames.FeatureWeights, (int)rows), features);
        FeatureSpace space = SpaceOf(lines(features));
        space = reader.Metadata.TryGetValue(OriginsKey, out string? origins) ? WithOrigins(path, space, origins) : space;
        (shape, parameters) = samples > 0 ? MeanOf(shape, parameters, samples, sampleWidth) : (shape, parameters);
        return new FmMachine(shape, link, parameters, space) { Units = new RatingUnits(Mean(), unit) };

        float Mean() =>
            !reader.Metadata.TryGetValue(MeanKey, out string? text) ? 0
                : float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float mean) && float.IsFinite(mean) ? mean
                : throw InputException.At($"{path}: metadata {MeanKey}", "a number", text, Advice);

        int Number(string key, int least, int most) =>
            reader.Metadata.TryGetValue(key, out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
                ? number
                : throw InputException.At($"{path}: metadata {key}", $"{least} to {most}", text ?? "none", Advice);
    }

    // The mean over samples is a machine whose v are those of all samples side by side, each divided by √samples.
    private static (FmShape Shape, FmParameters Parameters) MeanOf(FmShape shape, FmParameters sampled, int samples, int sampleWidth)
    {
        FmShape mean = shape with { Rank = shape.Rank * samples };
        FactorTable factors = new(sampled.Factors.Rows, mean.Width);
        float[] weights = new float[factors.Rows];
        float share = 1 / MathF.Sqrt(samples);
        for (int row = 0; row < factors.Rows; row++)
        {
            double weight = 0;
            for (int sample = 0; sample < samples; sample++)
            {
                ReadOnlySpan<float> from = sampled.Factors.Row(row).Slice(shape.FactorWidth + (sample * sampleWidth), sampleWidth);
                weight += from[shape.FactorWidth];
                for (int factor = 0; factor < shape.Rank; factor++)
                {
                    factors.Row(row)[(sample * shape.Rank) + factor] = share * from[factor];
                }
            }

            weights[row] = (float)(weight / samples);
        }

        return (mean, new FmParameters(factors, weights, sampled.Features));
    }

    private static FeatureSpace SpaceOf(IReadOnlyList<string?> lines)
    {
        List<FeatureGroup> groups = [];
        for (int first = 0, end; first < lines.Count; first = end)
        {
            string group = Parts(lines[first]).Group;
            List<string> names = [];
            for (end = first; end < lines.Count && Parts(lines[end]) is { } parts && parts.Group == group; end++)
            {
                names.Add(parts.Name);
            }

            groups.Add(new FeatureGroup(group, first, end - first) { Names = names.TrueForAll(name => name.Length == 0) ? null : names });
        }

        return new FeatureSpace(groups);
    }

    private static FeatureSpace WithOrigins(string path, FeatureSpace space, string text)
    {
        string[] words = text.Split(',');
        FeatureOrigin[] origins = [.. words.Select(OriginOf).OfType<FeatureOrigin>()];
        return origins.Length == words.Length && origins.Length == space.Groups.Count
            ? new FeatureSpace([.. space.Groups.Zip(origins, (group, origin) => group with { Origin = origin })])
            : throw InputException.At(
                $"{path}: metadata {OriginsKey}",
                $"where {space.Groups.Count} groups of features come from, such as User:Category", text, Advice);
    }

    private static FeatureOrigin? OriginOf(string word) =>
        word.Split(':') is [string entity, string kind] && Enum.TryParse(entity, out RelationEntity whose) && Enum.IsDefined(whose)
        && Enum.TryParse(kind, out FeatureKind of) && Enum.IsDefined(of)
            ? new FeatureOrigin(whose, of)
            : null;

    private static (string Group, string Name) Parts(string? line)
    {
        int tab = line?.IndexOf('\t') ?? -1;
        return tab < 0 ? (line ?? "", "") : (line![..tab], line[(tab + 1)..]);
    }
}
