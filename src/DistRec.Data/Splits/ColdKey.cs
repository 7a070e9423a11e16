using DistRec.Numerics.Random;

namespace DistRec.Data;

/// <summary>The random key of a rating, or the largest one where its user, or its item, is one that training is to know nothing of.</summary>
internal readonly struct ColdKey : IRatingKey
{
    private readonly RandomKey _keys;
    private readonly bool[] _cold;
    private readonly int[]? _columns;

    /// <param name="data">The ratings.</param>
    /// <param name="options">The share of users or items, which of them, and the seed.</param>
    public ColdKey(RatingData data, SplitOptions options)
    {
        bool ofItems = options.Kind == SplitKind.ColdItems;
        IdMap ids = ofItems ? data.Items : data.Users;
        RatingMatrix ratings = data.Ratings;
        int[] counts = new int[ids.Count];
        for (int user = 0; user < ratings.RowCount; user++)
        {
            foreach (int item in ratings.RowColumns(user))
            {
                counts[ofItems ? item : user]++;
            }
        }

        // Keyed by ids, as ratings are: the same ones whatever the order of the file.
        int[] drawn =
        [
            .. Enumerable.Range(0, ids.Count).Where(entity => counts[entity] > 0)
                .OrderBy(entity => new EntityRandom(options.Seed, RandomPurpose.Split, (long)ids.Table.StableHash(entity)).NextUInt64()).ThenBy(entity => ids[entity], StringComparer.Ordinal),
        ];
        _cold = new bool[ids.Count];
        foreach (int entity in drawn.Take((int)Math.Round(options.TestRatio * drawn.Length, MidpointRounding.AwayFromZero)))
        {
            _cold[entity] = true;
            Count += counts[entity];
        }

        _keys = new RandomKey(options.Seed, data);
        _columns = ofItems ? ratings.Columns : null;
    }

    /// <summary>Ratings of those that are cold.</summary>
    public long Count { get; }

    public ulong Of(int user, int position) => _cold[_columns is null ? user : _columns[position]] ? ulong.MaxValue : _keys.Of(user, position);
}
