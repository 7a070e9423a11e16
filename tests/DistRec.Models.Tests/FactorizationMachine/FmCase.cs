namespace DistRec.Models.Tests.FactorizationMachine;

/// <summary>A small problem of three blocks, some of whose rows share features, are empty or hold one feature, and random parameters.</summary>
internal sealed class FmCase(FmShape shape, double scale = 0.3, ulong seed = 1, bool isBinary = false, int rows = 40)
{
    public const int Users = 6;
    public const int Items = 9;
    public const int Contexts = 4;
    public const int Groups = 4;

    // Users and two properties of theirs; items and five genres; three context features.
    private const int FirstItem = Users + 2;
    private const int FirstGenre = FirstItem + Items;
    private const int FirstContext = FirstGenre + 5;

    public const int Features = FirstContext + 3;

    public FmShape Shape { get; } = shape;

    public FeatureRows Rows { get; } = Problem(rows, seed, isBinary);

    public FeatureRows HeldOut { get; } = Problem(7, seed + 100, isBinary);

    public FmParameters Parameters { get; } = RandomParameters(shape, Features, Groups, scale, seed);

    public static int[] GroupOf { get; } =
        [.. Enumerable.Range(0, Features).Select(feature => feature < Users ? 0 : feature < FirstGenre ? 1 : feature < FirstContext ? 2 : 3)];

    /// <summary>The groups of <see cref="GroupOf"/>.</summary>
    public static FeatureSpace Space { get; } = new(
    [
        new FeatureGroup("user", 0, Users), new FeatureGroup("middle", Users, FirstGenre - Users),
        new FeatureGroup("genre", FirstGenre, FirstContext - FirstGenre), new FeatureGroup("context", FirstContext, Features - FirstContext),
    ]);

    public static FmParameters RandomParameters(FmShape shape, int features, int groups, double scale, ulong seed)
    {
        int rows = shape.RowsFor(features, groups);
        FmParameters parameters = new(new FactorTable(rows, shape.Width), new float[rows], features);
        for (int row = 0; row <= features; row++)
        {
            EntityRandom random = new(seed, RandomPurpose.SyntheticItem, row);
            parameters.Weights[row] = (float)(random.NextGaussian() * scale);
            for (int lane = 0; lane < shape.FactorWidth && row < features; lane++)
            {
                float factor = (float)(random.NextGaussian() * scale);
                parameters.Factors.Row(row)[lane] = lane % shape.Stride < shape.Rank ? factor : 0;
            }
        }

        return parameters;
    }

    /// <summary>A row as pairs of feature and value.</summary>
    public static List<(int Feature, double Value)> RowOf(FeatureRows rows, int row, int replaced = -1, int entity = 0)
    {
        List<(int Feature, double Value)> features = [];
        for (int block = 0; block < rows.Blocks.Count; block++)
        {
            RatingMatrix table = rows.Blocks[block].Rows;
            int from = block == replaced ? entity : rows.BlockRows[block][row];
            for (int j = 0; j < table.RowLength(from); j++)
            {
                features.Add((table.RowColumns(from)[j], table.RowValues(from)[j]));
            }
        }

        return features;
    }

    public List<(int Feature, double Value)> RowOf(int row) => RowOf(Rows, row);

    /// <summary>The same parameters as the definition has them.</summary>
    public NaiveFm Definition() => DefinitionOf(Shape, Parameters);

    public static NaiveFm DefinitionOf(FmShape shape, FmParameters parameters, int start = 0)
    {
        NaiveFm definition = new(parameters.Features, shape.Rank, shape.Order);
        definition.Values[0] = parameters.Weights[parameters.Features];
        for (int feature = 0; feature < parameters.Features; feature++)
        {
            definition.Values[NaiveFm.Weight(feature)] = parameters.Weights[feature];
            for (int order = 2; order <= shape.Order; order++)
            {
                for (int f = 0; f < shape.Rank; f++)
                {
                    definition.Values[definition.Factor(order, feature, f)] = parameters.Factors.Row(feature)[start + shape.StartOf(order) + f];
                }
            }
        }

        return definition;
    }

    public bool PaddingIsZero() => Enumerable.Range(0, Parameters.Factors.Rows).All(row =>
        Enumerable.Range(0, Shape.FactorWidth).All(lane => lane % Shape.Stride < Shape.Rank || Parameters.Factors.Row(row)[lane] == 0));

    private static FeatureRows Problem(int rows, ulong seed, bool isBinary)
    {
        List<(int, float)>[] users = [.. Enumerable.Range(0, Users).Select(user =>
            new List<(int, float)> { (user, 1), (Users + (user % 2), 0.5f + user) })];
        List<(int, float)>[] items = [.. Enumerable.Range(0, Items).Select(item => item == 0
            ? new List<(int, float)> { (FirstItem, 1) }
            : [(FirstItem + item, 1), (FirstGenre + (item % 3), 0.7f), (FirstGenre + 3 + (item % 2), 1)])];
        List<(int, float)>[] contexts = [[], [(FirstContext, 1)], [(FirstContext + 1, -2), (FirstContext + 2, 0.25f)], [(FirstContext + 2, 1)]];
        EntityRandom random = new(seed, RandomPurpose.SyntheticRating, 0);
        int[][] blockRows = [new int[rows], new int[rows], new int[rows]];
        float[] targets = new float[rows];
        for (int row = 0; row < rows; row++)
        {
            blockRows[0][row] = random.NextInt(Users);
            blockRows[1][row] = random.NextInt(Items);
            blockRows[2][row] = random.NextInt(Contexts);
            targets[row] = isBinary ? random.NextInt(2) : 1 + random.NextInt(5);
        }

        return new FeatureRows(
            targets,
            [
                new("user", RelationEntity.User, Matrix(users, Features)),
                new("item", RelationEntity.Item, Matrix(items, Features)),
                new("context", RelationEntity.Context, Matrix(contexts, Features)),
            ],
            blockRows);
    }

    public static RatingMatrix Matrix(IReadOnlyList<IReadOnlyList<(int Feature, float Value)>> rows, int features)
    {
        long[] starts = new long[rows.Count + 1];
        for (int row = 0; row < rows.Count; row++)
        {
            starts[row + 1] = starts[row] + rows[row].Count;
        }

        return new RatingMatrix(
            features, starts, [.. rows.SelectMany(row => row.Select(one => one.Feature))], [.. rows.SelectMany(row => row.Select(one => one.Value))]);
    }

    /// <summary>Entities each of which is one feature of its own.</summary>
    public static RatingMatrix OneHot(int first, int count, int features) =>
        Matrix([.. Enumerable.Range(first, count).Select(feature => new List<(int, float)> { (feature, 1) })], features);
}
