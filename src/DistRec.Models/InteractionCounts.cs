namespace DistRec.Models;

/// <summary>How many training ratings each user and each item has: what tells warm from cold.</summary>
public sealed class InteractionCounts
{
    private InteractionCounts(RatingMatrix ratings, int[] users, int[] items)
    {
        Ratings = ratings;
        Users = users;
        Items = items;
    }

    /// <summary>The ratings that were counted, [users, items].</summary>
    public RatingMatrix Ratings { get; }

    /// <summary>n_u, [users].</summary>
    public int[] Users { get; }

    /// <summary>n_i, [items].</summary>
    public int[] Items { get; }

    /// <summary>Counts ratings [users, items].</summary>
    public static InteractionCounts Of(RatingMatrix ratings)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        int[] users = new int[ratings.RowCount];
        int[] items = new int[ratings.ColumnCount];
        for (int user = 0; user < users.Length; user++)
        {
            users[user] = ratings.RowLength(user);
            foreach (int item in ratings.RowColumns(user))
            {
                items[item]++;
            }
        }

        return new InteractionCounts(ratings, users, items);
    }
}
