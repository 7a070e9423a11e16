namespace DistRec.Data;

/// <summary>
/// Makes the features of a user or an item that training did not see, of attributes that are told by name, by the code that makes the
/// features of training: of the texts of an entity of the training data come that entity's features, but for its id and what it rated.
/// Immutable.
/// </summary>
public sealed class EntityEncoder
{
    private readonly FeatureSpace _space;
    private readonly Told[] _groups;
    private readonly FeatureGroup? _month;

    private EntityEncoder(FeatureSpace space, Told[] groups, FeatureGroup? month) => (_space, _groups, _month) = (space, groups, month);

    /// <summary>Names of the attributes that tell anything, such as <c>genre</c>, in the order of the features.</summary>
    public IReadOnlyList<string> Attributes => [.. _groups.Select(group => group.Attribute).Distinct()];

    /// <summary>An encoder onto the features that a model was trained on.</summary>
    /// <param name="space">What the features are.</param>
    /// <param name="entity">
    /// <see cref="RelationEntity.User"/>, with whom goes the present month, or <see cref="RelationEntity.Item"/>.
    /// </param>
    /// <returns>Null where no features tell of such an entity, or they do not say which.</returns>
    public static EntityEncoder? TryMake(FeatureSpace space, RelationEntity entity)
    {
        ArgumentNullException.ThrowIfNull(space);
        Told[] groups =
        [
            .. space.Groups.Where(group => group.Names is not null && group.Origin is { } origin && origin.Entity == entity
                && origin.Kind is not (FeatureKind.Rated or FeatureKind.Month)).Select(group => new Told(group)),
        ];
        FeatureGroup? month = entity == RelationEntity.User
            ? space.Groups.FirstOrDefault(group => group.Count > 0 && group.Origin?.Kind == FeatureKind.Month)
            : null;
        return groups.Length == 0 ? null : new EntityEncoder(space, groups, month);
    }

    /// <summary>Encodes an entity. What no entity of the training data had is left out.</summary>
    /// <param name="attributes">Texts by the names of attributes, whatever their case, in the singular or the plural.</param>
    /// <param name="title">A title, which may tell the year; null for none.</param>
    public EncodedEntity Encode(IReadOnlyDictionary<string, IReadOnlyList<string>> attributes, string? title = null)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        (string Name, string Text)[] told =
            [.. attributes.SelectMany(attribute => attribute.Value.Where(text => text.Length > 0).Select(text => (attribute.Key, text)))];
        bool[] used = new bool[told.Length];
        List<FeatureSource> sources = [];
        List<int[]> indices = [];
        bool isToldByTitle = false;
        foreach (Told group in _groups)
        {
            int[] own = [.. Enumerable.Range(0, told.Length).Where(index => ItemAttributes.IsNameOf(group.Attribute, told[index].Name))];
            if (group.Kind == FeatureKind.Number)
            {
                // A field holds one.
                own = own.Length > 1 ? own[..1] : own;
            }

            bool isByTitle = own.Length == 0 && title is { Length: > 0 } && group.Kind == FeatureKind.Year;
            FeatureSource source = isByTitle
                ? group.Source([title!], SideRole.Title)
                : group.Source([.. own.Select(index => told[index].Text)]);
            sources.Add(source);
            indices.Add(group.IndicesOf(source));
            isToldByTitle |= isByTitle && group.Knows(source);
            foreach (int index in own)
            {
                used[index] |= group.Knows(group.Source([told[index].Text]));
            }
        }

        RatingMatrix row = FeatureAssembler.Combine(sources, [.. indices], _space.Count, mayCollide: false);
        int[] features = row.RowColumns(0).ToArray();
        float[] values = row.RowValues(0).ToArray();
        if (features.Length > 0 && _month is not null)
        {
            features = [.. features, _month.First + _month.Count - 1];
            values = [.. values, 1];
        }

        return new EncodedEntity(features, values, [.. TextsOf(true), .. isToldByTitle ? (string[])["title"] : []], [.. TextsOf(false)]);

        IEnumerable<string> TextsOf(bool areUsed) =>
            told.Index().Where(one => used[one.Index] == areUsed).Select(one => $"{one.Item.Name}={one.Item.Text}");
    }

    /// <summary>A group of features that an attribute tells.</summary>
    private sealed class Told
    {
        private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
        private readonly string _column;
        private readonly string _block;

        public Told(FeatureGroup group)
        {
            Kind = group.Origin!.Value.Kind;
            Attribute = SideBlocks.ColumnOf(group.Name);
            _block = group.Name;
            _column = Kind == FeatureKind.Number ? group.Names![0] : Attribute;
            for (int index = 0; index < group.Count; index++)
            {
                _indices.TryAdd(group.Names![index], group.First + index);
            }
        }

        public FeatureKind Kind { get; }

        public string Attribute { get; }

        /// <summary>What the code of training makes of a table of one entity.</summary>
        public FeatureSource Source(IReadOnlyList<string> texts, SideRole? role = null)
        {
            SideColumnBuilder builder = new(_column, 1, Kind);
            role ??= Kind switch { FeatureKind.Number => SideRole.Number, FeatureKind.List => SideRole.List, _ => SideRole.Category };
            foreach (string text in texts)
            {
                SideValues.TryAdd(builder, (_column, role.Value), 0, text);
            }

            // A year that was a feature of its own is one of the names.
            return SideBlocks.Of(_block, builder.Build(), _indices.ContainsKey);
        }

        public int[] IndicesOf(FeatureSource source) => [.. source.Names!.Select(name => _indices.GetValueOrDefault(name, -1))];

        public bool Knows(FeatureSource source) => source.Values.Count > 0 && IndicesOf(source).Any(index => index >= 0);
    }
}

/// <summary>The features of an entity that training did not see.</summary>
/// <param name="Features">Indices, in the order in which training would have them; none where nothing is known of it.</param>
/// <param name="Values">Their values x.</param>
/// <param name="Used">What they come of, such as <c>genre=Drama</c>, or <c>title</c>.</param>
/// <param name="Unknown">What was told and says nothing, as training never met it.</param>
public sealed record EncodedEntity(int[] Features, float[] Values, IReadOnlyList<string> Used, IReadOnlyList<string> Unknown);
