using DistRec.Models.Queries.Top;

namespace DistRec.Models.Tests.Queries.Top;

/// <summary>
/// A drawn model with values of some shape, cold items and users, and requests of every form; and what scoring item after item
/// says of them.
/// </summary>
internal sealed class TopCase
{
    private const int Users = 12;

    // Of a machine only the link matters here, and that there is one.
    private static readonly FmShape Shape = new(2, 2, FmLearner.Sgd, 0);
    private static readonly FmParameters Parameters = new(new FactorTable(1, Shape.Width), new float[1], 0);

    private readonly Predictor _predictor;

    public TopCase(string shape, string kind, int items, int rank, ulong seed, FmLink link = FmLink.Identity)
    {
        FactorModel drawn = Draw(shape, kind, items, rank, seed);
        FactorModel model = kind != ModelKinds.Fm ? drawn
            : new FactorModel(
                kind, drawn.GlobalMean, drawn.Scale, drawn.UserBiases, drawn.ItemBiases, drawn.UserFactors, drawn.ItemFactors)
            {
                Machine = new FmMachine(Shape, link, Parameters, new FeatureSpace([])),
            };
        Saved = TestModels.With(TestModels.Random(Users, items, rank, seed, kind), model);
        Requests =
            [.. Enumerable.Range(-1, Users + 1).SelectMany(user => RequestsOf(user, new EntityRandom(seed, RandomPurpose.Order, user)))];
        _predictor = new Predictor(Saved);
    }

    public SavedModel Saved { get; }

    public TopRequest[] Requests { get; }

    /// <summary>The best items by scoring each and sorting all.</summary>
    public ScoredItem[] Expected(TopRequest request)
    {
        List<ScoredItem> scored = [];
        for (int item = 0; item < Saved.Items.Count; item++)
        {
            if (request.Filter?.Contains(item) != false && request.LeaveOut.Span.IndexOf(item) < 0)
            {
                scored.Add(new ScoredItem(item, _predictor.Unclipped(request.User, item)));
            }
        }

        return [.. scored.OrderByDescending(item => item.Score).ThenBy(item => item.Item).Take(request.N)];
    }

    /// <summary>Bits, so that 0 and −0 differ.</summary>
    public static string Bits(IEnumerable<ScoredItem> items) =>
        string.Join(' ', items.Select(item => $"{item.Item}:{BitConverter.DoubleToInt64Bits(item.Score):x16}"));

    private IEnumerable<TopRequest> RequestsOf(int user, EntityRandom random)
    {
        int items = Saved.Items.Count;
        int[] few = [.. Enumerable.Range(0, random.NextInt(5)).Select(_ => random.NextInt(items)).Distinct()];
        int[] half = [.. Enumerable.Range(0, items).Where(_ => random.NextInt(2) == 0)];
        ItemFilter?[] filters =
        [
            null, ItemFilter.Of(items, few), ItemFilter.Of(items, half), ItemFilter.Of(items, deny: half), ItemFilter.Of(items, few, half),
        ];
        foreach (int n in (int[])[0, 1, 10, 100, int.MaxValue])
        {
            yield return TopRequest.For(Saved, user, n, filters[random.NextInt(filters.Length)], includeSeen: random.NextInt(2) == 0);
        }
    }

    private static FactorModel Draw(string shape, string kind, int items, int rank, ulong seed)
    {
        FactorModel model = TestModels.Model(Users, items, rank, seed, kind);
        EntityRandom random = new(seed, RandomPurpose.SyntheticPopularity, rank);
        for (int item = 0; item < items; item++)
        {
            Reshape(shape, item, model.ItemFactors is { } factors ? factors.Row(item) : [], ref model.ItemBiases[item], ref random);
        }

        string ofUsers = shape is "ties" or "equal" ? "plain" : shape is "halves" ? "equal" : shape;
        for (int user = 0; user < Users; user++)
        {
            Reshape(ofUsers, user, model.UserFactors is { } factors ? factors.Row(user) : [], ref model.UserBiases[user], ref random);
            model.UserBiases[user] += shape is "offset" ? 1e6f : 0;
        }

        return model;
    }

    private static void Reshape(string shape, int row, Span<float> factors, ref float bias, ref EntityRandom random)
    {
        float size = shape switch
        {
            "scales" => MathF.ScaleB(1, random.NextInt(60) - 30),
            "denormal" => MathF.ScaleB(1, -150 + random.NextInt(40)),
            "overflow" => row % 7 == 3 ? 1e38f : random.NextInt(4) == 0 ? 1e20f : 1,
            "saturated" => 30,
            _ => 1,
        };
        bias *= shape is "ties" or "equal" ? 0 : size;
        foreach (ref float value in factors)
        {
            value = shape switch
            {
                "ties" => MathF.Round(value),
                "equal" => 0.25f,
                "zeros" => row % 3 == 0 ? 0 : value,
                "halves" => (MathF.Round(100 * value) + 0.499f) / 100,
                "spikes" => random.NextInt(20) == 0 ? 100 * value : value,
                _ => size * value,
            };
        }

        // The scale of such rows is 0.01, and their other values lie just below the middle of two codes.
        if (shape is "halves" && factors.Length > 0)
        {
            factors[0] = 1.27f;
        }
    }
}
