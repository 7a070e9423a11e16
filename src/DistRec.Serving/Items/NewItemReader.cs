using DistRec.Models.FoldIn;
using DistRec.Models.Queries.Asking;
using DistRec.Serving.Events;
using DistRec.Serving.Users;

namespace DistRec.Serving.Items;

/// <summary>
/// Follows the event log for each version that answers on a node, and puts the items that came after training beside it. One look at a time.
/// </summary>
/// <param name="node">What the node answers from.</param>
/// <param name="log">What was rated.</param>
/// <param name="details">What was said of items.</param>
/// <param name="leastRatings">How many usable ratings a new item must have, at least 1.</param>
internal sealed class NewItemReader(ServingNode node, IEventLog log, IItemDetails details, int leastRatings)
{
    private Dictionary<SavedModel, Followed> _versions = [];

    /// <summary>Reads what has been rated since the last look; a version that is new is told all that is in the log.</summary>
    /// <exception cref="Training.Databases.DatabaseException">The log cannot be read; what was known stays.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        // Before the versions and their ratings: all up to it is there to be read.
        long last = await log.LastAsync(cancellationToken).ConfigureAwait(false), lastSaid = await details.LastAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<SavedModel, Followed> versions = [];
        bool hasChanged = false;
        foreach (ServingModel model in node.Models.All)
        {
            if (!_versions.TryGetValue(model.Saved, out Followed? version))
            {
                version = new Followed(model, new NewItemRatings(model.Saved, leastRatings));
            }

            hasChanged |= await version.ReadAsync(log, last, details, lastSaid, cancellationToken).ConfigureAwait(false);
            versions[model.Saved] = version;
        }

        if (hasChanged || !_versions.Keys.All(versions.ContainsKey))
        {
            node.Replace(versions.Values.Where(version => version.Model.NewItems.All.Count > 0).ToDictionary(version => version.Model.Saved, version => version.Model));
        }

        _versions = versions;
    }

    /// <summary>A version, and how far it has been told the log.</summary>
    private sealed class Followed(ServingModel model, NewItemRatings ratings)
    {
        private long _after;
        private long _saidAfter = ratings.TakesDescribed ? 0 : -1;

        public ServingModel Model { get; private set; } = model;

        public async Task<bool> ReadAsync(IEventLog log, long last, IItemDetails details, long lastSaid, CancellationToken cancellationToken)
        {
            if (_after < last)
            {
                await foreach (ServingEvent one in log.ReadAsync(_after, null, EventKind.Rating, null, cancellationToken).ConfigureAwait(false))
                {
                    // Noted one by one: a look that is cut off goes on where it was.
                    ratings.Add(new UserRating(one.User, one.Item, (float)one.Value!.Value, one.Sequence));
                    _after = one.Sequence;
                }

                _after = Math.Max(_after, last);
            }

            await DescribeAsync(details, lastSaid, cancellationToken).ConfigureAwait(false);
            if (!ratings.HasChanged)
            {
                return false;
            }

            NewItems items = ratings.Fold();
            if (items.All.Count == 0 && Model.NewItems.All.Count == 0)
            {
                return false;
            }

            Model = Model.With(items);
            return true;
        }

        // Where features tell of items, all that was said is read. Elsewhere what was said before an item was first rated is looked up,
        // and what is said later is read as it comes.
        private async Task DescribeAsync(IItemDetails details, long lastSaid, CancellationToken cancellationToken)
        {
            if (_saidAfter >= 0 && _saidAfter < lastSaid)
            {
                foreach (ItemDetails one in await details.ReadAsync(_saidAfter, cancellationToken).ConfigureAwait(false))
                {
                    ratings.Describe(one);
                }
            }

            _saidAfter = lastSaid;
            while (ratings.Undescribed.TryPeek(out string? item))
            {
                if (await details.FindAsync(item, cancellationToken).ConfigureAwait(false) is { } one)
                {
                    ratings.Describe(one);
                }

                ratings.Undescribed.Dequeue();
            }
        }
    }
}
