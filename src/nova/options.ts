/** nova.conf's options in group [libvirt], by the names that campaigns and `--set` use (nova/conf/libvirt.py). */
export const OPTION_NAMES = {
  timeout: 'live_migration_completion_timeout',
  timeout_action: 'live_migration_timeout_action',
  downtime: 'live_migration_downtime',
  downtime_steps: 'live_migration_downtime_steps',
  downtime_delay: 'live_migration_downtime_delay',
  progress_timeout: 'live_migration_progress_timeout',
  auto_converge: 'live_migration_permit_auto_converge',
  tunnel: 'live_migration_tunnelled',
  post_copy: 'live_migration_permit_post_copy',
} as const;
