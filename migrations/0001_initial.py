"""Make every table of the first release, and keep the trail append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

PATH = sa.String(120).with_variant(sa.String(120, collation="C"), "postgresql")
SQLITE = (
    "CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit_event "
    "is append-only'); END",
    "CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit_event "
    "is append-only'); END",
    'CREATE TRIGGER audit_anchor_no_update BEFORE UPDATE ON audit_anchor BEGIN SELECT RAISE(ABORT, '
    "'audit_anchor is append-only'); END",
    'CREATE TRIGGER audit_anchor_no_delete BEFORE DELETE ON audit_anchor BEGIN SELECT RAISE(ABORT, '
    "'audit_anchor is append-only'); END",
)
POSTGRESQL = (
    'CREATE OR REPLACE FUNCTION fanpin_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE '
    "EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
    'CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW EXECUTE '
    'FUNCTION fanpin_append_only()',
    'CREATE TRIGGER audit_anchor_append_only BEFORE UPDATE OR DELETE ON audit_anchor FOR EACH ROW EXECUTE '
    'FUNCTION fanpin_append_only()',
)


def upgrade() -> None:
    """Create the tables in the order in which they refer to each other."""
    op.create_table('adapter_release',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('title', sa.String(length=60), nullable=False),
        sa.Column('department', sa.String(length=40), nullable=False),
        sa.Column('distribution', sa.String(length=80), nullable=False),
        sa.Column('version', sa.String(length=40), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('contract', sa.Integer(), nullable=False),
        sa.Column('manifest', sa.JSON(), nullable=False),
        sa.Column('problems', sa.JSON(), nullable=False),
        sa.Column('present', sa.Boolean(), nullable=False),
        sa.Column('first_seen', sa.DateTime(timezone=True), nullable=False),
        sa.Column('last_seen', sa.DateTime(timezone=True), nullable=False),
        sa.Column('revoked_at', sa.DateTime(timezone=True)),
        sa.Column('revoked_reason', sa.String(length=200), nullable=False),
        sa.Column('failures', sa.Integer(), nullable=False),
        sa.Column('open_until', sa.DateTime(timezone=True)),
        sa.Column('last_ok_at', sa.DateTime(timezone=True)),
        sa.Column('last_failed_at', sa.DateTime(timezone=True)),
        sa.Column('last_failure', sa.String(length=200), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_adapter_release')),
        sa.UniqueConstraint('name', 'version', 'digest', name=op.f('uq_adapter_release_name_version_digest')),
        sa.UniqueConstraint('ref', name=op.f('uq_adapter_release_ref'))
    )
    op.create_table('adapter_setting',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=40), nullable=False),
        sa.Column('value', sa.LargeBinary(), nullable=False),
        sa.Column('set_by', sa.String(length=60), nullable=False),
        sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('department', sa.String(length=40), nullable=False),
        sa.Column('adapter', sa.String(length=60), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_adapter_setting')),
        sa.UniqueConstraint('area_path', 'adapter', 'key', name=op.f('uq_adapter_setting_area_path_adapter_key'))
    )
    op.create_index(op.f('ix_adapter_setting_area_path'), 'adapter_setting', ['area_path'], unique=False)
    op.create_table('area',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('parent_id', sa.Integer()),
        sa.Column('level', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('code12', sa.String(length=14), nullable=False),
        sa.Column('path', PATH, nullable=False),
        sa.Column('valid_from', sa.Date(), nullable=False),
        sa.Column('valid_to', sa.Date()),
        sa.Column('successor_id', sa.Integer()),
        sa.Column('details', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(['parent_id'], ['area.id'], name=op.f('fk_area_parent_id')),
        sa.ForeignKeyConstraint(['successor_id'], ['area.id'], name=op.f('fk_area_successor_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_area')),
        sa.UniqueConstraint('path', name=op.f('uq_area_path'))
    )
    op.create_index(op.f('ix_area_code12'), 'area', ['code12'], unique=False)
    op.create_index('ix_area_parent_code', 'area', ['parent_id', 'code12'], unique=False)
    op.create_table('audit_anchor',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('last_event_id', sa.Integer(), nullable=False),
        sa.Column('streams', sa.Integer(), nullable=False),
        sa.Column('root', sa.String(length=80), nullable=False),
        sa.Column('prev', sa.String(length=80), nullable=False),
        sa.Column('seal', sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_anchor'))
    )
    op.create_table('audit_event',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('stream', sa.String(length=60), nullable=False),
        sa.Column('seq', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor_id', sa.Integer()),
        sa.Column('actor', sa.String(length=120), nullable=False),
        sa.Column('tag', sa.String(length=60), nullable=False),
        sa.Column('object', sa.String(length=80), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.Column('outcome', sa.String(length=20), nullable=False),
        sa.Column('commitment', sa.String(length=80), nullable=False),
        sa.Column('prev', sa.String(length=80), nullable=False),
        sa.Column('hash', sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_event'))
    )
    op.create_index('ix_audit_event_actor_at', 'audit_event', ['actor_id', 'at'], unique=False)
    op.create_index('ix_audit_event_at', 'audit_event', ['at'], unique=False)
    op.create_index('uq_audit_event_stream_seq', 'audit_event', ['stream', 'seq'], unique=True)
    op.create_table('audit_stream',
        sa.Column('stream', sa.String(length=60), nullable=False),
        sa.Column('seq', sa.Integer(), nullable=False),
        sa.Column('head', sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint('stream', name=op.f('pk_audit_stream'))
    )
    op.create_table('batch',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('transport', sa.String(length=20), nullable=False),
        sa.Column('as_of', sa.Date(), nullable=False),
        sa.Column('digest', sa.String(length=80), nullable=False),
        sa.Column('rows', sa.Integer(), nullable=False),
        sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('received_from', sa.String(length=60), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('level', sa.String(length=10), nullable=False),
        sa.Column('department', sa.String(length=40), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_batch')),
        sa.UniqueConstraint('ref', name=op.f('uq_batch_ref'))
    )
    op.create_index(op.f('ix_batch_area_path'), 'batch', ['area_path'], unique=False)
    op.create_table('installation',
        sa.Column('key', sa.String(length=40), nullable=False),
        sa.Column('value', sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_installation'))
    )
    op.create_table('login_failure',
        sa.Column('username', sa.String(length=60), nullable=False),
        sa.Column('place', sa.String(length=64), nullable=False),
        sa.Column('failures', sa.Integer(), nullable=False),
        sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('username', 'place', name=op.f('pk_login_failure'))
    )
    op.create_table('outbox_item',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=60), nullable=False),
        sa.Column('payload', sa.JSON(), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('lease_until', sa.DateTime(timezone=True)),
        sa.Column('claimed_by', sa.String(length=60), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('error', sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_item'))
    )
    op.create_index('ix_outbox_item_due', 'outbox_item', ['state', 'due_at'], unique=False)
    op.create_table('paper_number',
        sa.Column('series', sa.String(length=80), nullable=False),
        sa.Column('last', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('series', name=op.f('pk_paper_number'))
    )
    op.create_table('regional_day_off',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code_prefix', sa.String(length=12), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('whole_population', sa.Boolean(), nullable=False),
        sa.Column('title', sa.String(length=80), nullable=False),
        sa.Column('document', sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_regional_day_off'))
    )
    op.create_table('submission',
        sa.Column('key', sa.String(length=40), nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('fingerprint', sa.String(length=80), nullable=False),
        sa.Column('location', sa.String(length=300), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_submission'))
    )
    op.create_table('user_account',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('username', sa.String(length=40), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('phone', sa.LargeBinary()),
        sa.Column('organisation', sa.String(length=120), nullable=False),
        sa.Column('password_hash', sa.String(length=200), nullable=False),
        sa.Column('password_changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('must_change_password', sa.Boolean(), nullable=False),
        sa.Column('expires_on', sa.Date()),
        sa.Column('disabled_at', sa.DateTime(timezone=True)),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('created_by', sa.String(length=60), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_user_account')),
        sa.UniqueConstraint('ref', name=op.f('uq_user_account_ref')),
        sa.UniqueConstraint('username', name=op.f('uq_user_account_username'))
    )
    op.create_table('adapter_approval',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('release_id', sa.Integer(), nullable=False),
        sa.Column('version', sa.String(length=40), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('document', sa.String(length=200), nullable=False),
        sa.Column('approved_by', sa.String(length=60), nullable=False),
        sa.Column('approved_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('withdrawn_by', sa.String(length=60), nullable=False),
        sa.Column('withdrawn_at', sa.DateTime(timezone=True)),
        sa.Column('withdrawn_reason', sa.String(length=200), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('department', sa.String(length=40), nullable=False),
        sa.Column('adapter', sa.String(length=60), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['release_id'], ['adapter_release.id'], name=op.f('fk_adapter_approval_release_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_adapter_approval')),
        sa.UniqueConstraint('ref', name=op.f('uq_adapter_approval_ref'))
    )
    op.create_index(op.f('ix_adapter_approval_area_path'), 'adapter_approval', ['area_path'], unique=False)
    op.create_index(op.f('ix_adapter_approval_release_id'), 'adapter_approval', ['release_id'], unique=False)
    op.create_table('adapter_failure',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('release_id', sa.Integer(), nullable=False),
        sa.Column('version', sa.String(length=40), nullable=False),
        sa.Column('code', sa.String(length=20), nullable=False),
        sa.Column('text', sa.String(length=200), nullable=False),
        sa.Column('detail', sa.String(length=80), nullable=False),
        sa.Column('security', sa.Boolean(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('department', sa.String(length=40), nullable=False),
        sa.Column('adapter', sa.String(length=60), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['release_id'], ['adapter_release.id'], name=op.f('fk_adapter_failure_release_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_adapter_failure'))
    )
    op.create_index(op.f('ix_adapter_failure_area_path'), 'adapter_failure', ['area_path'], unique=False)
    op.create_index('ix_adapter_failure_release_at', 'adapter_failure', ['release_id', 'at'], unique=False)
    op.create_table('adapter_trial',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('release_id', sa.Integer(), nullable=False),
        sa.Column('asked_by', sa.String(length=60), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('done_at', sa.DateTime(timezone=True)),
        sa.Column('result', sa.JSON(), nullable=False),
        sa.Column('department', sa.String(length=40), nullable=False),
        sa.Column('adapter', sa.String(length=60), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['release_id'], ['adapter_release.id'], name=op.f('fk_adapter_trial_release_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_adapter_trial'))
    )
    op.create_index(op.f('ix_adapter_trial_area_path'), 'adapter_trial', ['area_path'], unique=False)
    op.create_index('ix_adapter_trial_release_area', 'adapter_trial', ['release_id', 'area_path'], unique=False)
    op.create_table('area_setting',
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=40), nullable=False),
        sa.Column('value', sa.Integer(), nullable=False),
        sa.Column('document', sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_area_setting_area_id')),
        sa.PrimaryKeyConstraint('area_id', 'key', name=op.f('pk_area_setting'))
    )
    op.create_table('audit_detail',
        sa.Column('event_id', sa.Integer(), nullable=False),
        sa.Column('salt', sa.LargeBinary(length=16), nullable=False),
        sa.Column('payload', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['event_id'], ['audit_event.id'], name=op.f('fk_audit_detail_event_id')),
        sa.PrimaryKeyConstraint('event_id', name=op.f('pk_audit_detail'))
    )
    op.create_table('conduct_finding',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('source', sa.String(length=40), nullable=False),
        sa.Column('found_on', sa.Date(), nullable=False),
        sa.Column('facts', sa.Text(), nullable=False),
        sa.Column('unit', sa.String(length=120), nullable=False),
        sa.Column('consequence', sa.String(length=40), nullable=False),
        sa.Column('demanded', sa.Text(), nullable=False),
        sa.Column('document', sa.String(length=200), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('result', sa.Text(), nullable=False),
        sa.Column('done_on', sa.Date()),
        sa.Column('entered_by', sa.String(length=60), nullable=False),
        sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('followed_by', sa.String(length=60), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_conduct_finding_area_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_conduct_finding')),
        sa.UniqueConstraint('ref', name=op.f('uq_conduct_finding_ref'))
    )
    op.create_index(op.f('ix_conduct_finding_area_path'), 'conduct_finding', ['area_path'], unique=False)
    op.create_table('export_batch',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('reason', sa.String(length=200), nullable=False),
        sa.Column('for_signing', sa.Boolean(), nullable=False),
        sa.Column('number', sa.String(length=60), nullable=False),
        sa.Column('problem', sa.String(length=300), nullable=False),
        sa.Column('households', sa.Integer(), nullable=False),
        sa.Column('done', sa.Integer(), nullable=False),
        sa.Column('persons', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('created_by', sa.String(length=60), nullable=False),
        sa.Column('created_by_id', sa.Integer(), nullable=False),
        sa.Column('finished_at', sa.DateTime(timezone=True)),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_export_batch_area_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_export_batch')),
        sa.UniqueConstraint('ref', name=op.f('uq_export_batch_ref'))
    )
    op.create_index(op.f('ix_export_batch_area_path'), 'export_batch', ['area_path'], unique=False)
    op.create_table('guidance',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('person', sa.String(length=60), nullable=False),
        sa.Column('channel', sa.String(length=40), nullable=False),
        sa.Column('given_on', sa.Date(), nullable=False),
        sa.Column('given_by', sa.String(length=60), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_guidance_area_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_guidance'))
    )
    op.create_index(op.f('ix_guidance_area_path'), 'guidance', ['area_path'], unique=False)
    op.create_table('handover',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('role', sa.String(length=40), nullable=False),
        sa.Column('from_id', sa.Integer(), nullable=False),
        sa.Column('to_id', sa.Integer(), nullable=False),
        sa.Column('handed_on', sa.Date(), nullable=False),
        sa.Column('items', sa.Text(), nullable=False),
        sa.Column('open_matters', sa.Text(), nullable=False),
        sa.Column('witness', sa.String(length=60), nullable=False),
        sa.Column('document', sa.String(length=200), nullable=False),
        sa.Column('entered_by', sa.String(length=60), nullable=False),
        sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_handover_area_id')),
        sa.ForeignKeyConstraint(['from_id'], ['user_account.id'], name=op.f('fk_handover_from_id')),
        sa.ForeignKeyConstraint(['to_id'], ['user_account.id'], name=op.f('fk_handover_to_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_handover')),
        sa.UniqueConstraint('ref', name=op.f('uq_handover_ref'))
    )
    op.create_index(op.f('ix_handover_area_id'), 'handover', ['area_id'], unique=False)
    op.create_index(op.f('ix_handover_area_path'), 'handover', ['area_path'], unique=False)
    op.create_table('household',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('head_name', sa.String(length=60).with_variant(sa.String(length=60, collation='C'), 'postgresql'), nullable=False),
        sa.Column('head_initials', sa.String(length=60).with_variant(sa.String(length=60, collation='C'), 'postgresql'), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('lifted', sa.Boolean(), nullable=False),
        sa.Column('lives_here', sa.Boolean(), nullable=False),
        sa.Column('rural_services', sa.Boolean(), nullable=False),
        sa.Column('hukou_place', sa.String(length=120), nullable=False),
        sa.Column('address', sa.LargeBinary()),
        sa.Column('phone', sa.LargeBinary()),
        sa.Column('relocation_community', sa.String(length=80), nullable=False),
        sa.Column('national_code', sa.String(length=40), nullable=False),
        sa.Column('extra', sa.LargeBinary()),
        sa.Column('departed_on', sa.Date()),
        sa.Column('departed_reason', sa.String(length=200), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('created_by', sa.String(length=60), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_household_area_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_household')),
        sa.UniqueConstraint('ref', name=op.f('uq_household_ref'))
    )
    op.create_index(op.f('ix_household_area_path'), 'household', ['area_path'], unique=False)
    op.create_index('ix_household_area_path_id', 'household', ['area_path', 'id'], unique=False)
    op.create_index('ix_household_head_initials', 'household', ['head_initials', 'area_path'], unique=False)
    op.create_index('ix_household_head_name', 'household', ['head_name', 'area_path'], unique=False)
    op.create_index(op.f('ix_household_national_code'), 'household', ['national_code'], unique=False)
    op.create_table('joint_meeting',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(length=120), nullable=False),
        sa.Column('held_on', sa.Date(), nullable=False),
        sa.Column('place', sa.String(length=120), nullable=False),
        sa.Column('host', sa.String(length=60), nullable=False),
        sa.Column('period_from', sa.Date(), nullable=False),
        sa.Column('period_to', sa.Date(), nullable=False),
        sa.Column('agenda', sa.JSON(), nullable=False),
        sa.Column('present', sa.JSON(), nullable=False),
        sa.Column('minutes', sa.Text(), nullable=False),
        sa.Column('called_by', sa.String(length=60), nullable=False),
        sa.Column('called_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recorded_by', sa.String(length=60), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True)),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_joint_meeting_area_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_joint_meeting')),
        sa.UniqueConstraint('ref', name=op.f('uq_joint_meeting_ref'))
    )
    op.create_index('ix_joint_meeting_area_id_held_on', 'joint_meeting', ['area_id', 'held_on'], unique=False)
    op.create_index(op.f('ix_joint_meeting_area_path'), 'joint_meeting', ['area_path'], unique=False)
    op.create_table('leading_group_member',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('post', sa.String(length=40), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('unit', sa.String(length=120), nullable=False),
        sa.Column('since', sa.Date(), nullable=False),
        sa.Column('until', sa.Date()),
        sa.Column('document', sa.String(length=200), nullable=False),
        sa.Column('entered_by', sa.String(length=60), nullable=False),
        sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_leading_group_member_area_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_leading_group_member')),
        sa.UniqueConstraint('ref', name=op.f('uq_leading_group_member_ref'))
    )
    op.create_index(op.f('ix_leading_group_member_area_id'), 'leading_group_member', ['area_id'], unique=False)
    op.create_index(op.f('ix_leading_group_member_area_path'), 'leading_group_member', ['area_path'], unique=False)
    op.create_table('monitoring_line',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('amount', sa.Integer(), nullable=False),
        sa.Column('document', sa.String(length=200), nullable=False),
        sa.Column('decided_on', sa.Date()),
        sa.Column('factors', sa.JSON(), nullable=False),
        sa.Column('entered_by', sa.String(length=60), nullable=False),
        sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_monitoring_line_area_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_monitoring_line')),
        sa.UniqueConstraint('area_id', 'year', name=op.f('uq_monitoring_line_area_id_year')),
        sa.UniqueConstraint('ref', name=op.f('uq_monitoring_line_ref'))
    )
    op.create_table('monthly_analysis',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('month', sa.String(length=7), nullable=False),
        sa.Column('summary', sa.Text(), nullable=False),
        sa.Column('opened_by', sa.String(length=60), nullable=False),
        sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_monthly_analysis_area_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_monthly_analysis')),
        sa.UniqueConstraint('area_id', 'month', name=op.f('uq_monthly_analysis_area_id_month')),
        sa.UniqueConstraint('ref', name=op.f('uq_monthly_analysis_ref'))
    )
    op.create_index(op.f('ix_monthly_analysis_area_path'), 'monthly_analysis', ['area_path'], unique=False)
    op.create_table('relocation_community',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('place_id', sa.Integer(), nullable=False),
        sa.Column('address', sa.String(length=120), nullable=False),
        sa.Column('size_class', sa.String(length=40), nullable=False),
        sa.Column('size_source', sa.String(length=200), nullable=False),
        sa.Column('registered_by', sa.String(length=60), nullable=False),
        sa.Column('registered_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['place_id'], ['area.id'], name=op.f('fk_relocation_community_place_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_relocation_community')),
        sa.UniqueConstraint('area_path', 'name', name=op.f('uq_relocation_community_area_path_name')),
        sa.UniqueConstraint('ref', name=op.f('uq_relocation_community_ref'))
    )
    op.create_index(op.f('ix_relocation_community_area_path'), 'relocation_community', ['area_path'], unique=False)
    op.create_table('responsible_person',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('post', sa.String(length=120), nullable=False),
        sa.Column('since', sa.Date(), nullable=False),
        sa.Column('until', sa.Date()),
        sa.Column('document', sa.String(length=200), nullable=False),
        sa.Column('entered_by', sa.String(length=60), nullable=False),
        sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_responsible_person_area_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_responsible_person')),
        sa.UniqueConstraint('ref', name=op.f('uq_responsible_person_ref'))
    )
    op.create_index(op.f('ix_responsible_person_area_id'), 'responsible_person', ['area_id'], unique=False)
    op.create_index(op.f('ix_responsible_person_area_path'), 'responsible_person', ['area_path'], unique=False)
    op.create_table('role_grant',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('role', sa.String(length=40), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('department', sa.String(length=40), nullable=False),
        sa.Column('valid_from', sa.Date(), nullable=False),
        sa.Column('valid_to', sa.Date()),
        sa.Column('granted_by', sa.String(length=60), nullable=False),
        sa.Column('granted_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('document', sa.String(length=200), nullable=False),
        sa.Column('revoked_at', sa.DateTime(timezone=True)),
        sa.Column('seal', sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_role_grant_area_id')),
        sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_role_grant_user_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant'))
    )
    op.create_index('ix_role_grant_user_id', 'role_grant', ['user_id'], unique=False)
    op.create_table('supervision_task',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('issuer_id', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(length=120), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.Column('document', sa.String(length=200), nullable=False),
        sa.Column('issued_on', sa.Date(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('issued_by', sa.String(length=60), nullable=False),
        sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_supervision_task_area_id')),
        sa.ForeignKeyConstraint(['issuer_id'], ['area.id'], name=op.f('fk_supervision_task_issuer_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_supervision_task')),
        sa.UniqueConstraint('ref', name=op.f('uq_supervision_task_ref'))
    )
    op.create_index(op.f('ix_supervision_task_area_path'), 'supervision_task', ['area_path'], unique=False)
    op.create_index('ix_supervision_task_issuer_id', 'supervision_task', ['issuer_id'], unique=False)
    op.create_index('ix_supervision_task_state', 'supervision_task', ['state', 'due_on', 'area_path'], unique=False)
    op.create_table('training',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('held_on', sa.Date(), nullable=False),
        sa.Column('title', sa.String(length=120), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.Column('trainer', sa.String(length=120), nullable=False),
        sa.Column('place', sa.String(length=120), nullable=False),
        sa.Column('entered_by', sa.String(length=60), nullable=False),
        sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_training_area_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training')),
        sa.UniqueConstraint('ref', name=op.f('uq_training_ref'))
    )
    op.create_index(op.f('ix_training_area_id'), 'training', ['area_id'], unique=False)
    op.create_index(op.f('ix_training_area_path'), 'training', ['area_path'], unique=False)
    op.create_table('village_list',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('procedure', sa.String(length=40), nullable=False),
        sa.Column('month', sa.String(length=7), nullable=False),
        sa.Column('sequence', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=40), nullable=False),
        sa.Column('announced_on', sa.Date()),
        sa.Column('announced_place', sa.String(length=200), nullable=False),
        sa.Column('opened_by', sa.String(length=60), nullable=False),
        sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('closed_at', sa.DateTime(timezone=True)),
        sa.Column('village_report_on', sa.Date()),
        sa.Column('village_report_by', sa.String(length=60), nullable=False),
        sa.Column('township_report_on', sa.Date()),
        sa.Column('township_report_by', sa.String(length=60), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_village_list_area_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_village_list')),
        sa.UniqueConstraint('area_id', 'procedure', 'month', 'sequence', name=op.f('uq_village_list_area_id_procedure_month_sequence')),
        sa.UniqueConstraint('ref', name=op.f('uq_village_list_ref'))
    )
    op.create_index(op.f('ix_village_list_area_path'), 'village_list', ['area_path'], unique=False)
    op.create_table('visit_round',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(length=80), nullable=False),
        sa.Column('occasion', sa.String(length=40), nullable=False),
        sa.Column('starts_on', sa.Date(), nullable=False),
        sa.Column('ends_on', sa.Date(), nullable=False),
        sa.Column('visitors', sa.String(length=200), nullable=False),
        sa.Column('opened_by', sa.String(length=60), nullable=False),
        sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('households', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_visit_round_area_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_round')),
        sa.UniqueConstraint('ref', name=op.f('uq_visit_round_ref'))
    )
    op.create_index(op.f('ix_visit_round_area_path'), 'visit_round', ['area_path'], unique=False)
    op.create_table('work_plan',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('document', sa.String(length=200), nullable=False),
        sa.Column('monitored', sa.Text(), nullable=False),
        sa.Column('responsibilities', sa.Text(), nullable=False),
        sa.Column('method', sa.Text(), nullable=False),
        sa.Column('steps', sa.Text(), nullable=False),
        sa.Column('published_on', sa.Date(), nullable=False),
        sa.Column('published_by', sa.String(length=60), nullable=False),
        sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_work_plan_area_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_work_plan')),
        sa.UniqueConstraint('area_id', 'year', 'number', name=op.f('uq_work_plan_area_id_year_number')),
        sa.UniqueConstraint('ref', name=op.f('uq_work_plan_ref'))
    )
    op.create_index(op.f('ix_work_plan_area_path'), 'work_plan', ['area_path'], unique=False)
    op.create_table('analysis_signature',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('analysis_id', sa.Integer(), nullable=False),
        sa.Column('department', sa.String(length=40), nullable=False),
        sa.Column('opinion', sa.String(length=400), nullable=False),
        sa.Column('signed_by', sa.String(length=60), nullable=False),
        sa.Column('signed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['analysis_id'], ['monthly_analysis.id'], name=op.f('fk_analysis_signature_analysis_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_analysis_signature')),
        sa.UniqueConstraint('analysis_id', 'department', name=op.f('uq_analysis_signature_analysis_id_department'))
    )
    op.create_index(op.f('ix_analysis_signature_area_path'), 'analysis_signature', ['area_path'], unique=False)
    op.create_table('column_part',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('batch_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=60), nullable=False),
        sa.Column('area_name', sa.String(length=80), nullable=False),
        sa.Column('columns', sa.JSON(), nullable=False),
        sa.Column('rows', sa.Integer(), nullable=False),
        sa.Column('filled', sa.JSON(), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=False),
        sa.Column('differences', sa.LargeBinary(), nullable=False),
        sa.Column('compared', sa.Integer(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('signed_at', sa.DateTime(timezone=True)),
        sa.Column('signed_by', sa.String(length=60), nullable=False),
        sa.Column('statement', sa.String(length=300), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('department', sa.String(length=40), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['batch_id'], ['export_batch.id'], name=op.f('fk_column_part_batch_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_column_part')),
        sa.UniqueConstraint('batch_id', 'department', name=op.f('uq_column_part_batch_id_department')),
        sa.UniqueConstraint('ref', name=op.f('uq_column_part_ref'))
    )
    op.create_index(op.f('ix_column_part_area_path'), 'column_part', ['area_path'], unique=False)
    op.create_table('doubt',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('household_id', sa.Integer(), nullable=False),
        sa.Column('rule', sa.String(length=30), nullable=False),
        sa.Column('person', sa.String(length=60), nullable=False),
        sa.Column('text', sa.String(length=300), nullable=False),
        sa.Column('digest', sa.String(length=80), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('since', sa.Date(), nullable=False),
        sa.Column('gone_on', sa.Date()),
        sa.Column('explanation', sa.String(length=300), nullable=False),
        sa.Column('explained_digest', sa.String(length=80), nullable=False),
        sa.Column('explained_by', sa.String(length=60), nullable=False),
        sa.Column('explained_at', sa.DateTime(timezone=True)),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_doubt_household_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_doubt')),
        sa.UniqueConstraint('household_id', 'rule', 'person', name=op.f('uq_doubt_household_id_rule_person')),
        sa.UniqueConstraint('ref', name=op.f('uq_doubt_ref'))
    )
    op.create_index(op.f('ix_doubt_area_path'), 'doubt', ['area_path'], unique=False)
    op.create_index('ix_doubt_state_area', 'doubt', ['state', 'area_path', 'id'], unique=False)
    op.create_table('household_warning',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('household_id', sa.Integer(), nullable=False),
        sa.Column('month', sa.String(length=7), nullable=False),
        sa.Column('source', sa.String(length=40), nullable=False),
        sa.Column('department', sa.String(length=40), nullable=False),
        sa.Column('document', sa.String(length=200), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.Column('entered_by', sa.String(length=60), nullable=False),
        sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('dispatched_at', sa.DateTime(timezone=True)),
        sa.Column('township_received_at', sa.DateTime(timezone=True)),
        sa.Column('township_received_by', sa.String(length=60), nullable=False),
        sa.Column('village_received_at', sa.DateTime(timezone=True)),
        sa.Column('village_received_by', sa.String(length=60), nullable=False),
        sa.Column('verified_at', sa.DateTime(timezone=True)),
        sa.Column('verified_by', sa.String(length=60), nullable=False),
        sa.Column('verified_on', sa.Date()),
        sa.Column('conclusion', sa.String(length=40)),
        sa.Column('finding', sa.Text(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_household_warning_household_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_household_warning')),
        sa.UniqueConstraint('ref', name=op.f('uq_household_warning_ref'))
    )
    op.create_index(op.f('ix_household_warning_area_path'), 'household_warning', ['area_path'], unique=False)
    op.create_index(op.f('ix_household_warning_household_id'), 'household_warning', ['household_id'], unique=False)
    op.create_index('ix_household_warning_open', 'household_warning', ['verified_at', 'area_path'], unique=False)
    op.create_table('kin',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('household_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('relation', sa.String(length=40), nullable=False),
        sa.Column('id_number', sa.LargeBinary()),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_kin_household_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_kin')),
        sa.UniqueConstraint('ref', name=op.f('uq_kin_ref'))
    )
    op.create_index(op.f('ix_kin_area_path'), 'kin', ['area_path'], unique=False)
    op.create_index('ix_kin_household_id', 'kin', ['household_id'], unique=False)
    op.create_table('lead',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('source', sa.String(length=40), nullable=False),
        sa.Column('channel', sa.String(length=40)),
        sa.Column('platform_number', sa.String(length=60), nullable=False),
        sa.Column('head_name', sa.String(length=60), nullable=False),
        sa.Column('head_id_number', sa.LargeBinary()),
        sa.Column('phone', sa.LargeBinary()),
        sa.Column('reporter', sa.String(length=60), nullable=False),
        sa.Column('reporter_relation', sa.String(length=40), nullable=False),
        sa.Column('categories', sa.JSON(), nullable=False),
        sa.Column('statement', sa.Text(), nullable=False),
        sa.Column('declared_on', sa.Date(), nullable=False),
        sa.Column('status', sa.String(length=40), nullable=False),
        sa.Column('household_id', sa.Integer()),
        sa.Column('registered_by', sa.String(length=60), nullable=False),
        sa.Column('registered_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('accepted_by', sa.String(length=60), nullable=False),
        sa.Column('accepted_at', sa.DateTime(timezone=True)),
        sa.Column('closed_at', sa.DateTime(timezone=True)),
        sa.Column('outcome', sa.String(length=400), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_lead_area_id')),
        sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_lead_household_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_lead')),
        sa.UniqueConstraint('ref', name=op.f('uq_lead_ref'))
    )
    op.create_index(op.f('ix_lead_area_path'), 'lead', ['area_path'], unique=False)
    op.create_index('ix_lead_household_id', 'lead', ['household_id'], unique=False)
    op.create_index('ix_lead_status_area', 'lead', ['status', 'area_path'], unique=False)
    op.create_table('meeting',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('list_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('held_on', sa.Date(), nullable=False),
        sa.Column('place', sa.String(length=120), nullable=False),
        sa.Column('host', sa.String(length=60), nullable=False),
        sa.Column('recorder', sa.String(length=60), nullable=False),
        sa.Column('attendance', sa.JSON(), nullable=False),
        sa.Column('party_members', sa.Integer(), nullable=False),
        sa.Column('household_heads', sa.Integer(), nullable=False),
        sa.Column('others', sa.Integer(), nullable=False),
        sa.Column('summary', sa.Text(), nullable=False),
        sa.Column('decided', sa.Boolean(), nullable=False),
        sa.Column('decision', sa.Text(), nullable=False),
        sa.Column('recorded_by', sa.String(length=60), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['list_id'], ['village_list.id'], name=op.f('fk_meeting_list_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting')),
        sa.UniqueConstraint('ref', name=op.f('uq_meeting_ref'))
    )
    op.create_index(op.f('ix_meeting_area_path'), 'meeting', ['area_path'], unique=False)
    op.create_index('ix_meeting_list_id', 'meeting', ['list_id', 'kind'], unique=False)
    op.create_table('meeting_decision',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('meeting_id', sa.Integer(), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.Column('unit', sa.String(length=120), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('progress', sa.Text(), nullable=False),
        sa.Column('done_on', sa.Date()),
        sa.Column('followed_by', sa.String(length=60), nullable=False),
        sa.Column('followed_at', sa.DateTime(timezone=True)),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['meeting_id'], ['joint_meeting.id'], name=op.f('fk_meeting_decision_meeting_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_decision')),
        sa.UniqueConstraint('ref', name=op.f('uq_meeting_decision_ref'))
    )
    op.create_index(op.f('ix_meeting_decision_area_path'), 'meeting_decision', ['area_path'], unique=False)
    op.create_index(op.f('ix_meeting_decision_meeting_id'), 'meeting_decision', ['meeting_id'], unique=False)
    op.create_index('ix_meeting_decision_open', 'meeting_decision', ['done_on', 'due_on', 'area_path'], unique=False)
    op.create_table('member',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('household_id', sa.Integer(), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('relation', sa.String(length=40), nullable=False),
        sa.Column('id_number', sa.LargeBinary()),
        sa.Column('id_index', sa.LargeBinary(length=32)),
        sa.Column('born_on', sa.Date()),
        sa.Column('sex', sa.String(length=40)),
        sa.Column('ethnicity', sa.String(length=10), nullable=False),
        sa.Column('education', sa.String(length=40), nullable=False),
        sa.Column('schooling', sa.String(length=40), nullable=False),
        sa.Column('school', sa.String(length=80), nullable=False),
        sa.Column('health', sa.JSON(), nullable=False),
        sa.Column('labour', sa.String(length=40)),
        sa.Column('work', sa.String(length=120), nullable=False),
        sa.Column('work_months', sa.Integer()),
        sa.Column('disability_certificate', sa.LargeBinary()),
        sa.Column('insured', sa.Boolean()),
        sa.Column('extra', sa.LargeBinary()),
        sa.Column('left_on', sa.Date()),
        sa.Column('left_reason', sa.String(length=40), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_member_household_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_member')),
        sa.UniqueConstraint('ref', name=op.f('uq_member_ref'))
    )
    op.create_index(op.f('ix_member_area_path'), 'member', ['area_path'], unique=False)
    op.create_index('ix_member_household_id', 'member', ['household_id'], unique=False)
    op.create_index('ix_member_id_index', 'member', ['id_index'], unique=False)
    op.create_index('ix_member_name', 'member', ['name'], unique=False)
    op.create_table('monitoring_case',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('household_id', sa.Integer(), nullable=False),
        sa.Column('procedure', sa.String(length=40), nullable=False),
        sa.Column('stage', sa.String(length=40), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('ruleset', sa.String(length=20), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('opened_on', sa.Date(), nullable=False),
        sa.Column('stage_since', sa.Date(), nullable=False),
        sa.Column('closed_on', sa.Date()),
        sa.Column('household_class', sa.String(length=40)),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_monitoring_case_household_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_monitoring_case')),
        sa.UniqueConstraint('ref', name=op.f('uq_monitoring_case_ref'))
    )
    op.create_index('ix_monitoring_case_area_id', 'monitoring_case', ['area_path', 'id'], unique=False)
    op.create_index(op.f('ix_monitoring_case_area_path'), 'monitoring_case', ['area_path'], unique=False)
    op.create_index(op.f('ix_monitoring_case_household_id'), 'monitoring_case', ['household_id'], unique=False)
    op.create_index('ix_monitoring_case_open_since', 'monitoring_case', ['stage_since', 'id'], unique=False, sqlite_where=sa.text('closed_on IS NULL'), postgresql_where=sa.text('closed_on IS NULL'))
    op.create_index('ix_monitoring_case_stage_area', 'monitoring_case', ['stage', 'area_path', 'id'], unique=False)
    op.create_index('uq_monitoring_case_open_household', 'monitoring_case', ['household_id'], unique=True, sqlite_where=sa.text('closed_on IS NULL'), postgresql_where=sa.text('closed_on IS NULL'))
    op.create_table('notice',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('list_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=40), nullable=False),
        sa.Column('issued_on', sa.Date(), nullable=False),
        sa.Column('issued_by', sa.String(length=60), nullable=False),
        sa.Column('cancelled_on', sa.Date()),
        sa.Column('cancelled_reason', sa.String(length=200), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['list_id'], ['village_list.id'], name=op.f('fk_notice_list_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
        sa.UniqueConstraint('ref', name=op.f('uq_notice_ref'))
    )
    op.create_index(op.f('ix_notice_area_path'), 'notice', ['area_path'], unique=False)
    op.create_index('ix_notice_list_id', 'notice', ['list_id'], unique=False)
    op.create_table('regional_event',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('title', sa.String(length=80), nullable=False),
        sa.Column('happened_on', sa.Date(), nullable=False),
        sa.Column('source', sa.String(length=40), nullable=False),
        sa.Column('degree', sa.String(length=40), nullable=False),
        sa.Column('document', sa.String(length=200), nullable=False),
        sa.Column('description', sa.Text(), nullable=False),
        sa.Column('exposed_by', sa.String(length=40), nullable=False),
        sa.Column('exposed_word', sa.String(length=40), nullable=False),
        sa.Column('community_id', sa.Integer()),
        sa.Column('charge_id', sa.Integer(), nullable=False),
        sa.Column('charge_path', PATH, nullable=False),
        sa.Column('department', sa.String(length=40), nullable=False),
        sa.Column('entered_by', sa.String(length=60), nullable=False),
        sa.Column('entered_on', sa.Date(), nullable=False),
        sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('matched_at', sa.DateTime(timezone=True)),
        sa.Column('conclusion', sa.Text(), nullable=False),
        sa.Column('closed_on', sa.Date()),
        sa.Column('closed_by', sa.String(length=60), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['charge_id'], ['area.id'], name=op.f('fk_regional_event_charge_id')),
        sa.ForeignKeyConstraint(['community_id'], ['relocation_community.id'], name=op.f('fk_regional_event_community_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_regional_event')),
        sa.UniqueConstraint('ref', name=op.f('uq_regional_event_ref'))
    )
    op.create_index(op.f('ix_regional_event_area_path'), 'regional_event', ['area_path'], unique=False)
    op.create_index('ix_regional_event_closed_charge', 'regional_event', ['closed_on', 'charge_path'], unique=False)
    op.create_table('relocation_community_name',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('community_id', sa.Integer(), nullable=False),
        sa.Column('text', sa.String(length=80), nullable=False),
        sa.Column('added_by', sa.String(length=60), nullable=False),
        sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['community_id'], ['relocation_community.id'], name=op.f('fk_relocation_community_name_community_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_relocation_community_name')),
        sa.UniqueConstraint('area_path', 'text', name=op.f('uq_relocation_community_name_area_path_text'))
    )
    op.create_index(op.f('ix_relocation_community_name_area_path'), 'relocation_community_name', ['area_path'], unique=False)
    op.create_index(op.f('ix_relocation_community_name_community_id'), 'relocation_community_name', ['community_id'], unique=False)
    op.create_table('relocation_figure',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('community_id', sa.Integer(), nullable=False),
        sa.Column('indicator', sa.String(length=40), nullable=False),
        sa.Column('month', sa.String(length=7), nullable=False),
        sa.Column('part', sa.Integer(), nullable=False),
        sa.Column('whole', sa.Integer(), nullable=False),
        sa.Column('source', sa.String(length=200), nullable=False),
        sa.Column('note', sa.String(length=400), nullable=False),
        sa.Column('recorded_by', sa.String(length=60), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['community_id'], ['relocation_community.id'], name=op.f('fk_relocation_figure_community_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_relocation_figure'))
    )
    op.create_index(op.f('ix_relocation_figure_area_path'), 'relocation_figure', ['area_path'], unique=False)
    op.create_index(op.f('ix_relocation_figure_community_id'), 'relocation_figure', ['community_id'], unique=False)
    op.create_table('round_visit',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('round_id', sa.Integer(), nullable=False),
        sa.Column('household_id', sa.Integer(), nullable=False),
        sa.Column('visited_on', sa.Date()),
        sa.Column('result', sa.String(length=40)),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('visited_by', sa.String(length=60), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_round_visit_household_id')),
        sa.ForeignKeyConstraint(['round_id'], ['visit_round.id'], name=op.f('fk_round_visit_round_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_round_visit')),
        sa.UniqueConstraint('ref', name=op.f('uq_round_visit_ref')),
        sa.UniqueConstraint('round_id', 'household_id', name=op.f('uq_round_visit_round_id_household_id'))
    )
    op.create_index(op.f('ix_round_visit_area_path'), 'round_visit', ['area_path'], unique=False)
    op.create_index('ix_round_visit_household', 'round_visit', ['household_id'], unique=False)
    op.create_table('task_reply',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('task_id', sa.Integer(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('replied_on', sa.Date(), nullable=False),
        sa.Column('replied_by', sa.String(length=60), nullable=False),
        sa.Column('accepted', sa.Boolean()),
        sa.Column('opinion', sa.Text(), nullable=False),
        sa.Column('judged_by', sa.String(length=60), nullable=False),
        sa.Column('judged_on', sa.Date()),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['task_id'], ['supervision_task.id'], name=op.f('fk_task_reply_task_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_task_reply'))
    )
    op.create_index(op.f('ix_task_reply_area_path'), 'task_reply', ['area_path'], unique=False)
    op.create_index('ix_task_reply_task_id', 'task_reply', ['task_id'], unique=False)
    op.create_table('training_attendance',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('training_id', sa.Integer(), nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['training_id'], ['training.id'], name=op.f('fk_training_attendance_training_id')),
        sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_training_attendance_user_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_attendance')),
        sa.UniqueConstraint('training_id', 'user_id', name=op.f('uq_training_attendance_training_id_user_id'))
    )
    op.create_index(op.f('ix_training_attendance_area_path'), 'training_attendance', ['area_path'], unique=False)
    op.create_index('ix_training_attendance_user_id', 'training_attendance', ['user_id'], unique=False)
    op.create_table('user_session',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('grant_id', sa.Integer()),
        sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True)),
        sa.Column('address', sa.String(length=45), nullable=False),
        sa.ForeignKeyConstraint(['grant_id'], ['role_grant.id'], name=op.f('fk_user_session_grant_id')),
        sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_user_session_user_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_user_session')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_user_session_token_hash'))
    )
    op.create_index('ix_user_session_user_id', 'user_session', ['user_id'], unique=False)
    op.create_table('case_act',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('action', sa.String(length=40), nullable=False),
        sa.Column('procedure', sa.String(length=40), nullable=False),
        sa.Column('source', sa.String(length=40), nullable=False),
        sa.Column('target', sa.String(length=40), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('actor_id', sa.Integer(), nullable=False),
        sa.Column('actor', sa.String(length=120), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_case_act_case_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_case_act'))
    )
    op.create_index(op.f('ix_case_act_area_path'), 'case_act', ['area_path'], unique=False)
    op.create_index('ix_case_act_case_id', 'case_act', ['case_id', 'id'], unique=False)
    op.create_table('case_return',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('procedure', sa.String(length=40), nullable=False),
        sa.Column('target', sa.String(length=40), nullable=False),
        sa.Column('source', sa.String(length=40), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('field', sa.String(length=120), nullable=False),
        sa.Column('rule', sa.String(length=200), nullable=False),
        sa.Column('evidence_expected', sa.String(length=400), nullable=False),
        sa.Column('returned_by', sa.String(length=120), nullable=False),
        sa.Column('returned_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_case_return_case_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_case_return'))
    )
    op.create_index(op.f('ix_case_return_area_path'), 'case_return', ['area_path'], unique=False)
    op.create_index('ix_case_return_case_id', 'case_return', ['case_id'], unique=False)
    op.create_table('column_question',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('part_id', sa.Integer(), nullable=False),
        sa.Column('household_id', sa.Integer(), nullable=False),
        sa.Column('head_name', sa.String(length=60), nullable=False),
        sa.Column('person', sa.String(length=60), nullable=False),
        sa.Column('column', sa.String(length=40), nullable=False),
        sa.Column('ours', sa.LargeBinary()),
        sa.Column('text', sa.LargeBinary(), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('asked_by', sa.String(length=60), nullable=False),
        sa.Column('answer', sa.String(length=300), nullable=False),
        sa.Column('corrected', sa.Boolean(), nullable=False),
        sa.Column('answered_at', sa.DateTime(timezone=True)),
        sa.Column('answered_by', sa.String(length=60), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('department', sa.String(length=40), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_column_question_household_id')),
        sa.ForeignKeyConstraint(['part_id'], ['column_part.id'], name=op.f('fk_column_question_part_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_column_question')),
        sa.UniqueConstraint('part_id', 'household_id', 'person', 'column', name=op.f('uq_column_question_part_id_household_id_person_column')),
        sa.UniqueConstraint('ref', name=op.f('uq_column_question_ref'))
    )
    op.create_index('ix_column_question_answered', 'column_question', ['answered_at', 'area_path'], unique=False)
    op.create_index(op.f('ix_column_question_area_path'), 'column_question', ['area_path'], unique=False)
    op.create_table('consent',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('household_id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('applied_on', sa.Date()),
        sa.Column('application_reason', sa.Text(), nullable=False),
        sa.Column('truth_declared', sa.Boolean(), nullable=False),
        sa.Column('authorised', sa.Boolean(), nullable=False),
        sa.Column('classes', sa.JSON(), nullable=False),
        sa.Column('signed_on', sa.Date()),
        sa.Column('valid_until', sa.Date()),
        sa.Column('withdrawn_on', sa.Date()),
        sa.Column('written_by', sa.String(length=60), nullable=False),
        sa.Column('witness', sa.String(length=60), nullable=False),
        sa.Column('recorded_by', sa.String(length=60), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_consent_case_id')),
        sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_consent_household_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_consent')),
        sa.UniqueConstraint('ref', name=op.f('uq_consent_ref'))
    )
    op.create_index(op.f('ix_consent_area_path'), 'consent', ['area_path'], unique=False)
    op.create_index('ix_consent_household_id', 'consent', ['household_id'], unique=False)
    op.create_table('event_act',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('event_id', sa.Integer(), nullable=False),
        sa.Column('action', sa.String(length=40), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('actor', sa.String(length=120), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['event_id'], ['regional_event.id'], name=op.f('fk_event_act_event_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_event_act'))
    )
    op.create_index(op.f('ix_event_act_area_path'), 'event_act', ['area_path'], unique=False)
    op.create_index('ix_event_act_event_id', 'event_act', ['event_id'], unique=False)
    op.create_table('event_area',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('event_id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_event_area_area_id')),
        sa.ForeignKeyConstraint(['event_id'], ['regional_event.id'], name=op.f('fk_event_area_event_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_event_area')),
        sa.UniqueConstraint('event_id', 'area_id', name=op.f('uq_event_area_event_id_area_id'))
    )
    op.create_index(op.f('ix_event_area_area_path'), 'event_area', ['area_path'], unique=False)
    op.create_table('event_exposure',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('event_id', sa.Integer(), nullable=False),
        sa.Column('household_id', sa.Integer(), nullable=False),
        sa.Column('ground', sa.String(length=200), nullable=False),
        sa.Column('by_hand', sa.Boolean(), nullable=False),
        sa.Column('added_by', sa.String(length=60), nullable=False),
        sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('removed_at', sa.DateTime(timezone=True)),
        sa.Column('removed_by', sa.String(length=60), nullable=False),
        sa.Column('removed_reason', sa.String(length=200), nullable=False),
        sa.Column('visited_on', sa.Date()),
        sa.Column('result', sa.String(length=40)),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('visited_by', sa.String(length=60), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['event_id'], ['regional_event.id'], name=op.f('fk_event_exposure_event_id')),
        sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_event_exposure_household_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_event_exposure')),
        sa.UniqueConstraint('event_id', 'household_id', name=op.f('uq_event_exposure_event_id_household_id'))
    )
    op.create_index(op.f('ix_event_exposure_area_path'), 'event_exposure', ['area_path'], unique=False)
    op.create_index('ix_event_exposure_household_id', 'event_exposure', ['household_id'], unique=False)
    op.create_index('ix_event_exposure_owed', 'event_exposure', ['visited_on', 'removed_at', 'area_path'], unique=False)
    op.create_index('ix_event_exposure_place', 'event_exposure', ['event_id', 'area_path', 'household_id'], unique=False)
    op.create_table('event_plan',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('event_id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('measures', sa.Text(), nullable=False),
        sa.Column('unit', sa.String(length=80), nullable=False),
        sa.Column('unit_department', sa.String(length=40), nullable=False),
        sa.Column('person', sa.String(length=60), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('document', sa.String(length=200), nullable=False),
        sa.Column('made_by', sa.String(length=60), nullable=False),
        sa.Column('made_on', sa.Date(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('done_on', sa.Date()),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_event_plan_area_id')),
        sa.ForeignKeyConstraint(['event_id'], ['regional_event.id'], name=op.f('fk_event_plan_event_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_event_plan')),
        sa.UniqueConstraint('ref', name=op.f('uq_event_plan_ref'))
    )
    op.create_index(op.f('ix_event_plan_area_path'), 'event_plan', ['area_path'], unique=False)
    op.create_index('ix_event_plan_event_id', 'event_plan', ['event_id'], unique=False)
    op.create_index('ix_event_plan_owed', 'event_plan', ['done_on', 'due_on'], unique=False)
    op.create_table('exit_consent',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('informed_of', sa.Text(), nullable=False),
        sa.Column('agrees', sa.Boolean(), nullable=False),
        sa.Column('signed_by', sa.String(length=60), nullable=False),
        sa.Column('signed_on', sa.Date(), nullable=False),
        sa.Column('withdrawn_on', sa.Date()),
        sa.Column('recorded_by', sa.String(length=60), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_exit_consent_case_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_exit_consent')),
        sa.UniqueConstraint('ref', name=op.f('uq_exit_consent_ref'))
    )
    op.create_index(op.f('ix_exit_consent_area_path'), 'exit_consent', ['area_path'], unique=False)
    op.create_index('ix_exit_consent_case_id', 'exit_consent', ['case_id'], unique=False)
    op.create_table('finding',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('rule', sa.String(length=40), nullable=False),
        sa.Column('circumstance', sa.Integer(), nullable=False),
        sa.Column('subject', sa.String(length=40), nullable=False),
        sa.Column('subject_name', sa.String(length=60), nullable=False),
        sa.Column('evidence', sa.JSON(), nullable=False),
        sa.Column('evidence_digest', sa.String(length=80), nullable=False),
        sa.Column('explanation', sa.Text(), nullable=False),
        sa.Column('current', sa.Boolean(), nullable=False),
        sa.Column('found_on', sa.Date(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_finding_case_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_finding')),
        sa.UniqueConstraint('case_id', 'rule', 'subject', 'evidence_digest', name=op.f('uq_finding_case_id_rule_subject_evidence_digest')),
        sa.UniqueConstraint('ref', name=op.f('uq_finding_ref'))
    )
    op.create_index(op.f('ix_finding_area_path'), 'finding', ['area_path'], unique=False)
    op.create_index('ix_finding_case_id', 'finding', ['case_id'], unique=False)
    op.create_table('focus_record',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('household_id', sa.Integer(), nullable=False),
        sa.Column('member_id', sa.Integer(), nullable=False),
        sa.Column('group', sa.String(length=40), nullable=False),
        sa.Column('since', sa.Date(), nullable=False),
        sa.Column('until', sa.Date()),
        sa.Column('source', sa.String(length=120), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_focus_record_household_id')),
        sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_focus_record_member_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_focus_record'))
    )
    op.create_index(op.f('ix_focus_record_area_path'), 'focus_record', ['area_path'], unique=False)
    op.create_index(op.f('ix_focus_record_household_id'), 'focus_record', ['household_id'], unique=False)
    op.create_table('guarantee_record',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('household_id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer()),
        sa.Column('seen_on', sa.Date(), nullable=False),
        sa.Column('food', sa.Boolean(), nullable=False),
        sa.Column('clothing', sa.Boolean(), nullable=False),
        sa.Column('housing', sa.Boolean(), nullable=False),
        sa.Column('schooling', sa.Boolean(), nullable=False),
        sa.Column('medical', sa.Boolean(), nullable=False),
        sa.Column('water', sa.Boolean(), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('recorded_by', sa.String(length=60), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_guarantee_record_case_id')),
        sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_guarantee_record_household_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_guarantee_record'))
    )
    op.create_index(op.f('ix_guarantee_record_area_path'), 'guarantee_record', ['area_path'], unique=False)
    op.create_index('ix_guarantee_record_household_id', 'guarantee_record', ['household_id'], unique=False)
    op.create_table('income_record',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('household_id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer()),
        sa.Column('period_from', sa.Date(), nullable=False),
        sa.Column('period_to', sa.Date(), nullable=False),
        sa.Column('amounts', sa.JSON(), nullable=False),
        sa.Column('claims', sa.Integer(), nullable=False),
        sa.Column('compliant_spending', sa.Integer(), nullable=False),
        sa.Column('other_spending', sa.Integer(), nullable=False),
        sa.Column('heads_now', sa.Integer(), nullable=False),
        sa.Column('heads_year', sa.Integer(), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recorded_by', sa.String(length=60), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_income_record_case_id')),
        sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_income_record_household_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_income_record'))
    )
    op.create_index(op.f('ix_income_record_area_path'), 'income_record', ['area_path'], unique=False)
    op.create_index('ix_income_record_household_id', 'income_record', ['household_id'], unique=False)
    op.create_table('inquiry',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('case_code', sa.String(length=20), nullable=False),
        sa.Column('head_name', sa.String(length=60), nullable=False),
        sa.Column('place', sa.String(length=160), nullable=False),
        sa.Column('procedure', sa.String(length=40), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('blocking', sa.Boolean(), nullable=False),
        sa.Column('asked_on', sa.Date(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('asked_by', sa.String(length=60), nullable=False),
        sa.Column('signed_at', sa.DateTime(timezone=True)),
        sa.Column('signed_by', sa.String(length=60), nullable=False),
        sa.Column('signature_note', sa.String(length=400), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('ground', sa.String(length=400), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('level', sa.String(length=10), nullable=False),
        sa.Column('department', sa.String(length=40), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_inquiry_case_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_inquiry')),
        sa.UniqueConstraint('ref', name=op.f('uq_inquiry_ref'))
    )
    op.create_index(op.f('ix_inquiry_area_path'), 'inquiry', ['area_path'], unique=False)
    op.create_index('ix_inquiry_department_signed', 'inquiry', ['department', 'signed_at', 'area_path'], unique=False)
    op.create_index('uq_inquiry_county', 'inquiry', ['case_id', 'procedure', 'round', 'department'], unique=True, sqlite_where=sa.text("level = 'county'"), postgresql_where=sa.text("level = 'county'"))
    op.create_table('key_check',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('household_id', sa.Integer(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('grounds', sa.JSON(), nullable=False),
        sa.Column('status', sa.String(length=40), nullable=False),
        sa.Column('proposed_by', sa.String(length=60), nullable=False),
        sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('settled_by', sa.String(length=60), nullable=False),
        sa.Column('settled_at', sa.DateTime(timezone=True)),
        sa.Column('answer', sa.String(length=400), nullable=False),
        sa.Column('case_id', sa.Integer()),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_key_check_case_id')),
        sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_key_check_household_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_key_check')),
        sa.UniqueConstraint('ref', name=op.f('uq_key_check_ref'))
    )
    op.create_index(op.f('ix_key_check_area_path'), 'key_check', ['area_path'], unique=False)
    op.create_index(op.f('ix_key_check_household_id'), 'key_check', ['household_id'], unique=False)
    op.create_index('ix_key_check_status_area', 'key_check', ['status', 'area_path'], unique=False)
    op.create_table('list_entry',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('list_id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('left_on', sa.Date()),
        sa.Column('left_reason', sa.String(length=200), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_list_entry_case_id')),
        sa.ForeignKeyConstraint(['list_id'], ['village_list.id'], name=op.f('fk_list_entry_list_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_list_entry')),
        sa.UniqueConstraint('list_id', 'case_id', 'round', name=op.f('uq_list_entry_list_id_case_id_round'))
    )
    op.create_index(op.f('ix_list_entry_area_path'), 'list_entry', ['area_path'], unique=False)
    op.create_index('ix_list_entry_case_id', 'list_entry', ['case_id'], unique=False)
    op.create_table('marking',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('marked_on', sa.Date(), nullable=False),
        sa.Column('way', sa.String(length=40), nullable=False),
        sa.Column('list_number', sa.String(length=60), nullable=False),
        sa.Column('contact', sa.String(length=60), nullable=False),
        sa.Column('marked_by', sa.String(length=60), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_marking_case_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_marking')),
        sa.UniqueConstraint('case_id', 'round', name=op.f('uq_marking_case_id_round')),
        sa.UniqueConstraint('ref', name=op.f('uq_marking_ref'))
    )
    op.create_index(op.f('ix_marking_area_path'), 'marking', ['area_path'], unique=False)
    op.create_table('measure_posting',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('place', sa.String(length=120), nullable=False),
        sa.Column('posted_on', sa.Date(), nullable=False),
        sa.Column('removed_on', sa.Date()),
        sa.Column('posted_by', sa.String(length=60), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_measure_posting_area_id')),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_measure_posting_case_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_measure_posting')),
        sa.UniqueConstraint('ref', name=op.f('uq_measure_posting_ref'))
    )
    op.create_index(op.f('ix_measure_posting_area_path'), 'measure_posting', ['area_path'], unique=False)
    op.create_index(op.f('ix_measure_posting_case_id'), 'measure_posting', ['case_id'], unique=False)
    op.create_table('objection',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('notice_id', sa.Integer()),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('about_measures', sa.Boolean(), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.Column('reporter', sa.LargeBinary()),
        sa.Column('contact', sa.LargeBinary()),
        sa.Column('received_on', sa.Date(), nullable=False),
        sa.Column('received_unit', sa.String(length=80), nullable=False),
        sa.Column('received_area_id', sa.Integer(), nullable=False),
        sa.Column('received_by', sa.String(length=60), nullable=False),
        sa.Column('investigators', sa.String(length=120), nullable=False),
        sa.Column('finding', sa.Text(), nullable=False),
        sa.Column('upheld', sa.Boolean()),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.Column('answered_on', sa.Date()),
        sa.Column('answered_by', sa.String(length=60), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_objection_case_id')),
        sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_objection_notice_id')),
        sa.ForeignKeyConstraint(['received_area_id'], ['area.id'], name=op.f('fk_objection_received_area_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_objection')),
        sa.UniqueConstraint('ref', name=op.f('uq_objection_ref'))
    )
    op.create_index(op.f('ix_objection_area_path'), 'objection', ['area_path'], unique=False)
    op.create_index('ix_objection_case_id', 'objection', ['case_id'], unique=False)
    op.create_index('ix_objection_open', 'objection', ['answered_on', 'area_path'], unique=False)
    op.create_table('opinion',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('list_id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer()),
        sa.Column('speaker', sa.String(length=60), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.Column('raised_on', sa.Date(), nullable=False),
        sa.Column('verified', sa.Text(), nullable=False),
        sa.Column('verified_by', sa.String(length=60), nullable=False),
        sa.Column('answered_on', sa.Date()),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.Column('recorded_by', sa.String(length=60), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_opinion_case_id')),
        sa.ForeignKeyConstraint(['list_id'], ['village_list.id'], name=op.f('fk_opinion_list_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_opinion')),
        sa.UniqueConstraint('ref', name=op.f('uq_opinion_ref'))
    )
    op.create_index(op.f('ix_opinion_area_path'), 'opinion', ['area_path'], unique=False)
    op.create_index('ix_opinion_list_id', 'opinion', ['list_id'], unique=False)
    op.create_table('review',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('reviewed_on', sa.Date(), nullable=False),
        sa.Column('guarantees', sa.Text(), nullable=False),
        sa.Column('measures', sa.JSON(), nullable=False),
        sa.Column('risk_points', sa.Text(), nullable=False),
        sa.Column('income_stability', sa.Text(), nullable=False),
        sa.Column('spending', sa.Text(), nullable=False),
        sa.Column('motivation', sa.Text(), nullable=False),
        sa.Column('conclusion', sa.String(length=40), nullable=False),
        sa.Column('continued_help', sa.Text(), nullable=False),
        sa.Column('reviewers', sa.String(length=200), nullable=False),
        sa.Column('recorded_by', sa.String(length=60), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('closed', sa.Boolean(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_review_case_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_review')),
        sa.UniqueConstraint('ref', name=op.f('uq_review_ref'))
    )
    op.create_index(op.f('ix_review_area_path'), 'review', ['area_path'], unique=False)
    op.create_index('ix_review_case_id', 'review', ['case_id'], unique=False)
    op.create_table('spot_check',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('list_id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('checked_on', sa.Date(), nullable=False),
        sa.Column('checkers', sa.String(length=120), nullable=False),
        sa.Column('agrees', sa.Boolean(), nullable=False),
        sa.Column('finding', sa.Text(), nullable=False),
        sa.Column('recorded_by', sa.String(length=60), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_spot_check_case_id')),
        sa.ForeignKeyConstraint(['list_id'], ['village_list.id'], name=op.f('fk_spot_check_list_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_spot_check')),
        sa.UniqueConstraint('ref', name=op.f('uq_spot_check_ref'))
    )
    op.create_index(op.f('ix_spot_check_area_path'), 'spot_check', ['area_path'], unique=False)
    op.create_index('ix_spot_check_case_id', 'spot_check', ['case_id'], unique=False)
    op.create_index('ix_spot_check_list_id', 'spot_check', ['list_id'], unique=False)
    op.create_table('stored_file',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('digest', sa.String(length=80), nullable=False),
        sa.Column('media_type', sa.String(length=80), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.Column('purpose', sa.String(length=60), nullable=False),
        sa.Column('household_id', sa.Integer()),
        sa.Column('lead_id', sa.Integer()),
        sa.Column('added_by', sa.String(length=60), nullable=False),
        sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_stored_file_lead_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_file')),
        sa.UniqueConstraint('ref', name=op.f('uq_stored_file_ref'))
    )
    op.create_index(op.f('ix_stored_file_area_path'), 'stored_file', ['area_path'], unique=False)
    op.create_index(op.f('ix_stored_file_digest'), 'stored_file', ['digest'], unique=False)
    op.create_index(op.f('ix_stored_file_lead_id'), 'stored_file', ['lead_id'], unique=False)
    op.create_table('unasked_statement',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('procedure', sa.String(length=40), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('member_id', sa.Integer(), nullable=False),
        sa.Column('member_name', sa.String(length=60), nullable=False),
        sa.Column('statement', sa.Text(), nullable=False),
        sa.Column('stated_by', sa.String(length=60), nullable=False),
        sa.Column('stated_by_id', sa.Integer(), nullable=False),
        sa.Column('stated_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('accepted_by', sa.String(length=60), nullable=False),
        sa.Column('accepted_at', sa.DateTime(timezone=True)),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_unasked_statement_case_id')),
        sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_unasked_statement_member_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_unasked_statement')),
        sa.UniqueConstraint('case_id', 'procedure', 'round', 'member_id', name=op.f('uq_unasked_statement_case_id_procedure_round_member_id')),
        sa.UniqueConstraint('ref', name=op.f('uq_unasked_statement_ref'))
    )
    op.create_index(op.f('ix_unasked_statement_area_path'), 'unasked_statement', ['area_path'], unique=False)
    op.create_table('visit',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('household_id', sa.Integer(), nullable=False),
        sa.Column('visited_on', sa.Date(), nullable=False),
        sa.Column('income_change', sa.Text(), nullable=False),
        sa.Column('spending_change', sa.Text(), nullable=False),
        sa.Column('guarantees_safe', sa.Boolean(), nullable=False),
        sa.Column('water_safe', sa.Boolean(), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('visited_by', sa.String(length=60), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_visit_case_id')),
        sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_visit_household_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_visit')),
        sa.UniqueConstraint('ref', name=op.f('uq_visit_ref'))
    )
    op.create_index(op.f('ix_visit_area_path'), 'visit', ['area_path'], unique=False)
    op.create_index('ix_visit_case_id', 'visit', ['case_id', 'visited_on'], unique=False)
    op.create_table('consent_signature',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('consent_id', sa.Integer(), nullable=False),
        sa.Column('member_id', sa.Integer(), nullable=False),
        sa.Column('signed_on', sa.Date(), nullable=False),
        sa.Column('classes', sa.JSON(), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['consent_id'], ['consent.id'], name=op.f('fk_consent_signature_consent_id')),
        sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_consent_signature_member_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_signature')),
        sa.UniqueConstraint('consent_id', 'member_id', name=op.f('uq_consent_signature_consent_id_member_id'))
    )
    op.create_index(op.f('ix_consent_signature_area_path'), 'consent_signature', ['area_path'], unique=False)
    op.create_table('event_response',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('event_id', sa.Integer(), nullable=False),
        sa.Column('plan_id', sa.Integer()),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('unit', sa.String(length=80), nullable=False),
        sa.Column('done', sa.Text(), nullable=False),
        sa.Column('done_on', sa.Date(), nullable=False),
        sa.Column('helped', sa.String(length=40), nullable=False),
        sa.Column('helped_note', sa.String(length=200), nullable=False),
        sa.Column('households', sa.Integer(), nullable=False),
        sa.Column('evidence', sa.String(length=200), nullable=False),
        sa.Column('evidence_file_id', sa.Integer()),
        sa.Column('recorded_by', sa.String(length=60), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_event_response_area_id')),
        sa.ForeignKeyConstraint(['event_id'], ['regional_event.id'], name=op.f('fk_event_response_event_id')),
        sa.ForeignKeyConstraint(['evidence_file_id'], ['stored_file.id'], name=op.f('fk_event_response_evidence_file_id')),
        sa.ForeignKeyConstraint(['plan_id'], ['event_plan.id'], name=op.f('fk_event_response_plan_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_event_response')),
        sa.UniqueConstraint('ref', name=op.f('uq_event_response_ref'))
    )
    op.create_index(op.f('ix_event_response_area_path'), 'event_response', ['area_path'], unique=False)
    op.create_index('ix_event_response_event_id', 'event_response', ['event_id'], unique=False)
    op.create_table('export_file',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('batch_id', sa.Integer(), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('file_id', sa.Integer(), nullable=False),
        sa.Column('households', sa.Integer(), nullable=False),
        sa.Column('persons', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['batch_id'], ['export_batch.id'], name=op.f('fk_export_file_batch_id')),
        sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_export_file_file_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_export_file')),
        sa.UniqueConstraint('batch_id', 'place', name=op.f('uq_export_file_batch_id_place')),
        sa.UniqueConstraint('ref', name=op.f('uq_export_file_ref'))
    )
    op.create_index(op.f('ix_export_file_area_path'), 'export_file', ['area_path'], unique=False)
    op.create_table('import_batch',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('file_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.Column('digest', sa.String(length=80), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('phase', sa.String(length=40), nullable=False),
        sa.Column('problem', sa.Text(), nullable=False),
        sa.Column('notices', sa.JSON(), nullable=False),
        sa.Column('unknown', sa.JSON(), nullable=False),
        sa.Column('rows', sa.Integer(), nullable=False),
        sa.Column('refused_rows', sa.Integer(), nullable=False),
        sa.Column('households', sa.Integer(), nullable=False),
        sa.Column('same', sa.Integer(), nullable=False),
        sa.Column('done', sa.Integer(), nullable=False),
        sa.Column('report_file_id', sa.Integer()),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('created_by', sa.String(length=60), nullable=False),
        sa.Column('created_by_id', sa.Integer(), nullable=False),
        sa.Column('finished_at', sa.DateTime(timezone=True)),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_import_batch_area_id')),
        sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_import_batch_file_id')),
        sa.ForeignKeyConstraint(['report_file_id'], ['stored_file.id'], name=op.f('fk_import_batch_report_file_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_import_batch')),
        sa.UniqueConstraint('ref', name=op.f('uq_import_batch_ref'))
    )
    op.create_index(op.f('ix_import_batch_area_path'), 'import_batch', ['area_path'], unique=False)
    op.create_index('ix_import_batch_digest', 'import_batch', ['digest', 'area_path'], unique=False)
    op.create_table('measure',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('household_id', sa.Integer(), nullable=False),
        sa.Column('member_id', sa.Integer()),
        sa.Column('category', sa.String(length=40)),
        sa.Column('detail', sa.String(length=200), nullable=False),
        sa.Column('risk', sa.String(length=40)),
        sa.Column('status', sa.String(length=40), nullable=False),
        sa.Column('department', sa.String(length=40), nullable=False),
        sa.Column('helper_id', sa.Integer()),
        sa.Column('due_on', sa.Date()),
        sa.Column('started_on', sa.Date()),
        sa.Column('finished_on', sa.Date()),
        sa.Column('result', sa.Text(), nullable=False),
        sa.Column('evidence_file_id', sa.Integer()),
        sa.Column('proposed_by', sa.String(length=60), nullable=False),
        sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_measure_case_id')),
        sa.ForeignKeyConstraint(['evidence_file_id'], ['stored_file.id'], name=op.f('fk_measure_evidence_file_id')),
        sa.ForeignKeyConstraint(['helper_id'], ['user_account.id'], name=op.f('fk_measure_helper_id')),
        sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_measure_household_id')),
        sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_measure_member_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_measure')),
        sa.UniqueConstraint('ref', name=op.f('uq_measure_ref'))
    )
    op.create_index(op.f('ix_measure_area_path'), 'measure', ['area_path'], unique=False)
    op.create_index('ix_measure_case_id', 'measure', ['case_id'], unique=False)
    op.create_index('ix_measure_department_status', 'measure', ['department', 'status'], unique=False)
    op.create_index('ix_measure_helper_id', 'measure', ['helper_id'], unique=False)
    op.create_index('ix_measure_household_id', 'measure', ['household_id'], unique=False)
    op.create_table('notice_place',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('notice_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('group_id', sa.Integer()),
        sa.Column('place', sa.String(length=120), nullable=False),
        sa.Column('address', sa.String(length=300), nullable=False),
        sa.Column('posted_at', sa.DateTime(timezone=True)),
        sa.Column('posted_on', sa.Date()),
        sa.Column('posted_by', sa.String(length=60), nullable=False),
        sa.Column('file_id', sa.Integer()),
        sa.Column('removed_on', sa.Date()),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_notice_place_file_id')),
        sa.ForeignKeyConstraint(['group_id'], ['area.id'], name=op.f('fk_notice_place_group_id')),
        sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_place_notice_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_place')),
        sa.UniqueConstraint('ref', name=op.f('uq_notice_place_ref'))
    )
    op.create_index(op.f('ix_notice_place_area_path'), 'notice_place', ['area_path'], unique=False)
    op.create_index('ix_notice_place_notice_id', 'notice_place', ['notice_id'], unique=False)
    op.create_table('paper',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=40), nullable=False),
        sa.Column('title', sa.String(length=120), nullable=False),
        sa.Column('number', sa.String(length=60), nullable=False),
        sa.Column('case_id', sa.Integer()),
        sa.Column('list_id', sa.Integer()),
        sa.Column('household_id', sa.Integer()),
        sa.Column('about', sa.String(length=60), nullable=False),
        sa.Column('issuer', sa.String(length=120), nullable=False),
        sa.Column('data', sa.LargeBinary(), nullable=False),
        sa.Column('data_digest', sa.String(length=80), nullable=False),
        sa.Column('verify_code', sa.String(length=20), nullable=False),
        sa.Column('event_hash', sa.String(length=80), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('problem', sa.String(length=300), nullable=False),
        sa.Column('file_id', sa.Integer()),
        sa.Column('pages', sa.Integer()),
        sa.Column('prints', sa.Integer(), nullable=False),
        sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('issued_by', sa.String(length=60), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_paper_case_id')),
        sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_paper_file_id')),
        sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_paper_household_id')),
        sa.ForeignKeyConstraint(['list_id'], ['village_list.id'], name=op.f('fk_paper_list_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_paper')),
        sa.UniqueConstraint('number', name=op.f('uq_paper_number')),
        sa.UniqueConstraint('ref', name=op.f('uq_paper_ref')),
        sa.UniqueConstraint('verify_code', name=op.f('uq_paper_verify_code'))
    )
    op.create_index('ix_paper_about', 'paper', ['about'], unique=False)
    op.create_index(op.f('ix_paper_area_path'), 'paper', ['area_path'], unique=False)
    op.create_index('ix_paper_case_id', 'paper', ['case_id'], unique=False)
    op.create_index('ix_paper_household_id', 'paper', ['household_id'], unique=False)
    op.create_index('ix_paper_list_id', 'paper', ['list_id'], unique=False)
    op.create_table('population_event',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('household_id', sa.Integer(), nullable=False),
        sa.Column('other_household_id', sa.Integer()),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('happened_on', sa.Date(), nullable=False),
        sa.Column('persons', sa.JSON(), nullable=False),
        sa.Column('document', sa.String(length=120), nullable=False),
        sa.Column('reason', sa.String(length=200), nullable=False),
        sa.Column('places', sa.String(length=200), nullable=False),
        sa.Column('file_id', sa.Integer()),
        sa.Column('recorded_by', sa.String(length=60), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_population_event_file_id')),
        sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_population_event_household_id')),
        sa.ForeignKeyConstraint(['other_household_id'], ['household.id'], name=op.f('fk_population_event_other_household_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_population_event')),
        sa.UniqueConstraint('ref', name=op.f('uq_population_event_ref'))
    )
    op.create_index(op.f('ix_population_event_area_path'), 'population_event', ['area_path'], unique=False)
    op.create_index('ix_population_event_household', 'population_event', ['household_id'], unique=False)
    op.create_index('ix_population_event_other', 'population_event', ['other_household_id'], unique=False)
    op.create_table('question',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('inquiry_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('token', sa.String(length=14), nullable=False),
        sa.Column('member_id', sa.Integer()),
        sa.Column('kin_id', sa.Integer()),
        sa.Column('subject_name', sa.String(length=60), nullable=False),
        sa.Column('subject_relation', sa.String(length=40), nullable=False),
        sa.Column('subject_id_number', sa.LargeBinary()),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('answer', sa.String(length=20), nullable=False),
        sa.Column('reason', sa.String(length=200), nullable=False),
        sa.Column('as_of', sa.Date()),
        sa.Column('later_due', sa.Date()),
        sa.Column('by_hand', sa.Boolean(), nullable=False),
        sa.Column('evidence', sa.String(length=400), nullable=False),
        sa.Column('answered_by', sa.String(length=60), nullable=False),
        sa.Column('answered_at', sa.DateTime(timezone=True)),
        sa.Column('by_province', sa.Boolean(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('level', sa.String(length=10), nullable=False),
        sa.Column('department', sa.String(length=40), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['inquiry_id'], ['inquiry.id'], name=op.f('fk_question_inquiry_id')),
        sa.ForeignKeyConstraint(['kin_id'], ['kin.id'], name=op.f('fk_question_kin_id')),
        sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_question_member_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_question')),
        sa.UniqueConstraint('ref', name=op.f('uq_question_ref')),
        sa.UniqueConstraint('token', name=op.f('uq_question_token'))
    )
    op.create_index(op.f('ix_question_area_path'), 'question', ['area_path'], unique=False)
    op.create_index('ix_question_inquiry_id', 'question', ['inquiry_id'], unique=False)
    op.create_table('rectification',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer()),
        sa.Column('event_id', sa.Integer()),
        sa.Column('about', sa.String(length=120), nullable=False),
        sa.Column('cause', sa.String(length=40), nullable=False),
        sa.Column('finding', sa.Text(), nullable=False),
        sa.Column('demand', sa.Text(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('department', sa.String(length=40), nullable=False),
        sa.Column('unit', sa.String(length=80), nullable=False),
        sa.Column('person', sa.String(length=60), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('opened_by', sa.String(length=120), nullable=False),
        sa.Column('opened_on', sa.Date(), nullable=False),
        sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('result', sa.Text(), nullable=False),
        sa.Column('done_on', sa.Date()),
        sa.Column('done_by', sa.String(length=60), nullable=False),
        sa.Column('done_by_id', sa.Integer()),
        sa.Column('evidence_file_id', sa.Integer()),
        sa.Column('verdict', sa.Text(), nullable=False),
        sa.Column('verified_on', sa.Date()),
        sa.Column('verified_by', sa.String(length=120), nullable=False),
        sa.Column('returns', sa.Integer(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_rectification_area_id')),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_rectification_case_id')),
        sa.ForeignKeyConstraint(['event_id'], ['regional_event.id'], name=op.f('fk_rectification_event_id')),
        sa.ForeignKeyConstraint(['evidence_file_id'], ['stored_file.id'], name=op.f('fk_rectification_evidence_file_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_rectification')),
        sa.UniqueConstraint('ref', name=op.f('uq_rectification_ref'))
    )
    op.create_index(op.f('ix_rectification_area_path'), 'rectification', ['area_path'], unique=False)
    op.create_index(op.f('ix_rectification_case_id'), 'rectification', ['case_id'], unique=False)
    op.create_index(op.f('ix_rectification_event_id'), 'rectification', ['event_id'], unique=False)
    op.create_index('ix_rectification_state_area', 'rectification', ['state', 'area_path'], unique=False)
    op.create_table('resolution',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('finding_id', sa.Integer(), nullable=False),
        sa.Column('circumstance', sa.Integer(), nullable=False),
        sa.Column('subject', sa.String(length=40), nullable=False),
        sa.Column('evidence_digest', sa.String(length=80), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('clarification', sa.String(length=60), nullable=False),
        sa.Column('details', sa.JSON(), nullable=False),
        sa.Column('resolved_by', sa.String(length=60), nullable=False),
        sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('replaced', sa.Boolean(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_resolution_case_id')),
        sa.ForeignKeyConstraint(['finding_id'], ['finding.id'], name=op.f('fk_resolution_finding_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_resolution')),
        sa.UniqueConstraint('ref', name=op.f('uq_resolution_ref'))
    )
    op.create_index(op.f('ix_resolution_area_path'), 'resolution', ['area_path'], unique=False)
    op.create_index('ix_resolution_case_id', 'resolution', ['case_id'], unique=False)
    op.create_index(op.f('ix_resolution_finding_id'), 'resolution', ['finding_id'], unique=False)
    op.create_table('survey',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('procedure', sa.String(length=40), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('visited_on', sa.Date(), nullable=False),
        sa.Column('visitors', sa.JSON(), nullable=False),
        sa.Column('household_signed', sa.Boolean(), nullable=False),
        sa.Column('items', sa.JSON(), nullable=False),
        sa.Column('judgements', sa.JSON(), nullable=False),
        sa.Column('grounds', sa.JSON(), nullable=False),
        sa.Column('empty_registered', sa.JSON(), nullable=False),
        sa.Column('not_sharing', sa.JSON(), nullable=False),
        sa.Column('risks', sa.JSON(), nullable=False),
        sa.Column('household_class', sa.String(length=40)),
        sa.Column('class_reason', sa.Text(), nullable=False),
        sa.Column('motivation_weak', sa.Boolean(), nullable=False),
        sa.Column('stable_work_income', sa.Boolean(), nullable=False),
        sa.Column('no_development_reason', sa.Text(), nullable=False),
        sa.Column('conclusion', sa.Text(), nullable=False),
        sa.Column('income_record_id', sa.Integer()),
        sa.Column('guarantee_record_id', sa.Integer()),
        sa.Column('typed_fields', sa.Integer(), nullable=False),
        sa.Column('recorded_by', sa.String(length=60), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_survey_case_id')),
        sa.ForeignKeyConstraint(['guarantee_record_id'], ['guarantee_record.id'], name=op.f('fk_survey_guarantee_record_id')),
        sa.ForeignKeyConstraint(['income_record_id'], ['income_record.id'], name=op.f('fk_survey_income_record_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_survey')),
        sa.UniqueConstraint('case_id', 'procedure', 'round', name=op.f('uq_survey_case_id_procedure_round')),
        sa.UniqueConstraint('ref', name=op.f('uq_survey_ref'))
    )
    op.create_index(op.f('ix_survey_area_path'), 'survey', ['area_path'], unique=False)
    op.create_table('coverage',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('batch_id', sa.Integer(), nullable=False),
        sa.Column('question_id', sa.Integer()),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('register_scope', sa.String(length=120), nullable=False),
        sa.Column('covers_from', sa.Date()),
        sa.Column('covers_to', sa.Date(), nullable=False),
        sa.Column('complete', sa.Boolean(), nullable=False),
        sa.Column('digest', sa.String(length=80), nullable=False),
        sa.Column('level', sa.String(length=10), nullable=False),
        sa.Column('department', sa.String(length=40), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_coverage_batch_id')),
        sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_coverage_question_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_coverage'))
    )
    op.create_index(op.f('ix_coverage_area_path'), 'coverage', ['area_path'], unique=False)
    op.create_index('ix_coverage_question_id', 'coverage', ['question_id'], unique=False)
    op.create_table('determination',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('procedure', sa.String(length=40), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('result', sa.String(length=40), nullable=False),
        sa.Column('household_class', sa.String(length=40)),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('decided_on', sa.Date(), nullable=False),
        sa.Column('decided_by', sa.String(length=60), nullable=False),
        sa.Column('document', sa.String(length=80), nullable=False),
        sa.Column('reported_on', sa.Date()),
        sa.Column('report_document', sa.String(length=80), nullable=False),
        sa.Column('lead_department', sa.String(length=40), nullable=False),
        sa.Column('lead_named_on', sa.Date()),
        sa.Column('entry_due_on', sa.Date()),
        sa.Column('entered_on', sa.Date()),
        sa.Column('national_number', sa.String(length=60), nullable=False),
        sa.Column('letter_paper_id', sa.Integer()),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['monitoring_case.id'], name=op.f('fk_determination_case_id')),
        sa.ForeignKeyConstraint(['letter_paper_id'], ['paper.id'], name=op.f('fk_determination_letter_paper_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_determination')),
        sa.UniqueConstraint('case_id', 'procedure', 'round', name=op.f('uq_determination_case_id_procedure_round')),
        sa.UniqueConstraint('ref', name=op.f('uq_determination_ref'))
    )
    op.create_index(op.f('ix_determination_area_path'), 'determination', ['area_path'], unique=False)
    op.create_table('fact',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('batch_id', sa.Integer(), nullable=False),
        sa.Column('question_id', sa.Integer()),
        sa.Column('household_id', sa.Integer(), nullable=False),
        sa.Column('member_id', sa.Integer()),
        sa.Column('kin_id', sa.Integer()),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('ref_no', sa.String(length=80), nullable=False),
        sa.Column('date', sa.Date()),
        sa.Column('ended', sa.Date()),
        sa.Column('amount', sa.Integer()),
        sa.Column('value', sa.String(length=40), nullable=False),
        sa.Column('other', sa.String(length=60), nullable=False),
        sa.Column('label', sa.String(length=40), nullable=False),
        sa.Column('as_of', sa.Date(), nullable=False),
        sa.Column('raw_digest', sa.String(length=80), nullable=False),
        sa.Column('superseded', sa.Boolean(), nullable=False),
        sa.Column('level', sa.String(length=10), nullable=False),
        sa.Column('department', sa.String(length=40), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_fact_batch_id')),
        sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_fact_household_id')),
        sa.ForeignKeyConstraint(['kin_id'], ['kin.id'], name=op.f('fk_fact_kin_id')),
        sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_fact_member_id')),
        sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_fact_question_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_fact'))
    )
    op.create_index(op.f('ix_fact_area_path'), 'fact', ['area_path'], unique=False)
    op.create_index('ix_fact_household_kind', 'fact', ['household_id', 'kind'], unique=False)
    op.create_index('ix_fact_question_id', 'fact', ['question_id'], unique=False)
    op.create_table('import_change',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('batch_id', sa.Integer(), nullable=False),
        sa.Column('household_id', sa.Integer()),
        sa.Column('head_name', sa.String(length=60).with_variant(sa.String(length=60, collation='C'), 'postgresql'), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('rows', sa.String(length=40), nullable=False),
        sa.Column('household', sa.LargeBinary(), nullable=False),
        sa.Column('differences', sa.LargeBinary(), nullable=False),
        sa.Column('before', sa.String(length=80), nullable=False),
        sa.Column('reason', sa.String(length=400), nullable=False),
        sa.Column('decided_by', sa.String(length=60), nullable=False),
        sa.Column('decided_by_id', sa.Integer()),
        sa.Column('decided_at', sa.DateTime(timezone=True)),
        sa.Column('ref', sa.String(length=14), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], name=op.f('fk_import_change_batch_id')),
        sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_import_change_household_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_import_change')),
        sa.UniqueConstraint('ref', name=op.f('uq_import_change_ref'))
    )
    op.create_index(op.f('ix_import_change_area_path'), 'import_change', ['area_path'], unique=False)
    op.create_index('ix_import_change_batch_kind', 'import_change', ['batch_id', 'kind', 'id'], unique=False)
    op.create_index('ix_import_change_batch_state', 'import_change', ['batch_id', 'state', 'id'], unique=False)
    op.create_table('import_problem',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('batch_id', sa.Integer(), nullable=False),
        sa.Column('row', sa.Integer(), nullable=False),
        sa.Column('column', sa.String(length=80), nullable=False),
        sa.Column('text', sa.String(length=300), nullable=False),
        sa.Column('area_path', PATH, nullable=False),
        sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], name=op.f('fk_import_problem_batch_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_import_problem'))
    )
    op.create_index(op.f('ix_import_problem_area_path'), 'import_problem', ['area_path'], unique=False)
    op.create_index('ix_import_problem_batch_row', 'import_problem', ['batch_id', 'row'], unique=False)
    for statement in SQLITE if op.get_context().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
